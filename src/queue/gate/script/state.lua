-- The keys, and the state of endpoints: read once per step, written once at its end.

local prefix = KEYS[1]
local function inLaneKey(lane) return prefix .. ':w:' .. lane end
local function ofTenantKey(lane, tenant) return prefix .. ':tw:' .. lane .. ':' .. tenant end
local function atEndpointKey(endpoint) return prefix .. ':ew:' .. endpoint end
local function parkedKey(endpoint) return prefix .. ':p:' .. endpoint end
local function stateKey(endpoint) return prefix .. ':e:' .. endpoint end
local function tenantRing(lane) return prefix .. ':ring:' .. lane end
local function endpointRing(lane, tenant) return prefix .. ':ring:' .. lane .. ':' .. tenant end
local workersKey, wakesKey, failingKey = prefix .. ':workers', prefix .. ':wakes', prefix .. ':failing'
local epochKey, ticketKey, parkedTotalKey = prefix .. ':epoch', prefix .. ':ticket', prefix .. ':parked'

local FIELDS = { 'tenant', 'max', 'interval', 'cap', 'tat', 'failures', 'opens', 'until', 'since', 'failed', 'start' }
local states, touched = {}, {}

-- maxInFlight, interval: the limits reported last. freeFrom: the first free rate slot. startFrom: when a first attempt may begin. opens: how many times in a row the breaker
-- opened. since, failed: the first and the last of the consecutive failures. isKnown: an attempt has reported before; false after
-- a flush. What this step learned: hasLimits, isJudged, mayBeIdle (nothing is parked), parked (how many, once it was counted).
local function stateOf(endpoint)
  local state = states[endpoint]
  if state then return state end
  local h = redis.call('HMGET', stateKey(endpoint), unpack(FIELDS))
  state = {
    stored = h, tenant = h[1], maxInFlight = tonumber(h[2]) or rules.maxInFlight, interval = tonumber(h[3]) or 0,
    share = tonumber(h[4]) or rules.firstShare, freeFrom = tonumber(h[5]) or 0, failures = tonumber(h[6]) or 0,
    opens = tonumber(h[7]) or 0, pausedUntil = tonumber(h[8]) or 0, since = tonumber(h[9]) or 0, failed = tonumber(h[10]) or 0,
    startFrom = tonumber(h[11]) or 0,
    isKnown = h[6] ~= false, hasLimits = false, isJudged = false, mayBeIdle = false, parked = nil,
  }
  states[endpoint] = state
  touched[#touched + 1] = endpoint
  return state
end

local function setLimits(state, maxInFlight, interval)
  if maxInFlight > 0 then state.maxInFlight, state.interval, state.hasLimits = maxInFlight, interval, true end
end

-- Writes what changed: most endings of a healthy endpoint change nothing.
local function save(endpoint, state)
  local changed, n = {}, 0
  local function write(i, value)
    if (i == 1 and state.stored[i] or tonumber(state.stored[i])) == value then return end
    changed[n + 1], changed[n + 2] = FIELDS[i], value
    n = n + 2
  end
  if state.tenant then write(1, state.tenant) end
  if state.hasLimits or state.isJudged then write(2, state.maxInFlight) write(3, state.interval) end
  if state.freeFrom > 0 then write(5, state.freeFrom) end
  if state.startFrom > 0 then write(11, state.startFrom) end
  if state.isJudged then
    write(4, state.share) write(6, state.failures) write(7, state.opens) write(8, state.pausedUntil)
    write(9, state.since) write(10, state.failed)
  end
  if n > 0 then redis.call('HSET', stateKey(endpoint), unpack(changed)) end
end

-- For endpoints without parked deliveries. Only idle ones are forgotten: park() and renew() end an expiry.
local function expireIfIdle(endpoint)
  if redis.call('ZCARD', atEndpointKey(endpoint)) > 0 then return end
  redis.call('PEXPIRE', stateKey(endpoint), rules.forgetAfterMs)
end
