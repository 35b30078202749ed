-- Rules: see lane.ts, breaker.ts, share.ts, rate-slot.ts and spread.ts in src/domain

local admitted, healthChanges = {}, {}

local function laneOf(state) return state.failures >= rules.slowAfter and 'slow' or 'fast' end

local function breakerOf(state)
  if state.opens == 0 then return 'closed' end
  return state.pausedUntil > now and 'open' or 'half-open'
end

local function currentShare(state)
  return state.opens == 0 and math.min(state.share, state.maxInFlight) or 1
end

local function spreadOf(endpoint) return tonumber(string.sub(endpoint, -4), 16) / 65536 end

local function pause(endpoint, state, untilMs)
  if untilMs <= state.pausedUntil then return end
  state.pausedUntil = untilMs
  redis.call('ZADD', wakesKey, untilMs, endpoint)
end

local function report(endpoint, change, atMs) healthChanges[#healthChanges + 1] = { endpoint, change, atMs } end

-- Watchers store what is reported, so the recovery of an endpoint whose failure Redis may have forgotten is reported as well.
local function closeBreaker(endpoint, state)
  if state.opens > 0 or not state.isKnown then
    report(endpoint, 'recovered', now)
    redis.call('ZREM', failingKey, endpoint)
  end
  state.failures, state.opens, state.since = 0, 0, 0
end

local function openBreaker(endpoint, state)
  if state.opens == 0 then
    redis.call('ZADD', failingKey, state.since, endpoint)
    report(endpoint, 'failing', state.since)
  end
  state.opens = state.opens + 1
  state.share = 1
  local pauseMs = math.min(rules.maxPauseMs, rules.pauseMs * 2 ^ (state.opens - 1))
  pause(endpoint, state, now + math.floor(pauseMs * (1 + rules.pauseSpread * spreadOf(endpoint))))
end

-- Closed: consecutive failures open it. Open: attempts that were already in flight change nothing. Half-open: one attempt at a
-- time; a success closes it, a failure opens it for twice as long.
local function judge(endpoint, state, kind, pauseMs)
  if kind == 'failed' then state.failed = now end
  if breakerOf(state) ~= 'open' then
    if kind == 'delivered' then
      closeBreaker(endpoint, state)
      state.share = math.min(state.maxInFlight, state.share * 2)
    else
      state.share = math.max(1, math.floor(math.min(state.share, state.maxInFlight) / 2))
    end
    if kind == 'failed' then
      if state.failures == 0 then state.since = now end
      state.failures = state.failures + 1
      if state.opens > 0 or state.failures >= rules.openAfter then openBreaker(endpoint, state) end
    end
  end
  state.share = math.min(state.share, state.maxInFlight)
  if pauseMs > 0 then pause(endpoint, state, now + pauseMs) end
  state.isKnown, state.isJudged = true, true
end

-- The first free rate slot; the one after it is free from then on.
local function takeRateSlot(state)
  local rateSlot = math.max(now, state.freeFrom)
  state.freeFrom = rateSlot + state.interval
  return math.floor(rateSlot + 0.5)
end
