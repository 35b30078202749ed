-- What the end of an attempt, an offer, and a lease that runs out change.

local function finish(lane, tenant, endpoint, member, kind, pauseMs, maxInFlight, interval)
  leave(lane, tenant, endpoint, member)
  local state = stateOf(endpoint)
  local before = laneOf(state)
  if kind ~= 'none' then
    state.tenant = tenant
    state.share = math.min(state.share, state.maxInFlight)
    setLimits(state, maxInFlight, interval)
    judge(endpoint, state, kind, pauseMs)
  end
  local after = laneOf(state)
  if after ~= before then redis.call('ZREM', endpointRing(before, tenant), endpoint) end
  state.mayBeIdle = not enlist(after, tenant, endpoint)
  if after ~= lane then enlistTenant(lane, tenant) end
end

-- Parked deliveries are in the order of the times in their ids: "dlv_" and the first 12 digits of a UUIDv7.
local function orderOf(member) return tonumber(string.sub(member, 5, 12) .. string.sub(member, 14, 17), 16) end

-- A full list holds the oldest deliveries: an older one replaces the newest. Returns whether it did.
local function replaceNewest(endpoint, member, order)
  local newest = redis.call('ZREVRANGE', parkedKey(endpoint), 0, 0, 'WITHSCORES')
  if order >= tonumber(newest[2]) or redis.call('ZADD', parkedKey(endpoint), 'NX', order, member) == 0 then return false end
  redis.call('ZPOPMAX', parkedKey(endpoint))
  return true
end

local function park(tenant, endpoint, member, order, maxInFlight, interval)
  if redis.call('ZSCORE', atEndpointKey(endpoint), member) then return end
  local state = stateOf(endpoint)
  state.parked = state.parked or redis.call('ZCARD', parkedKey(endpoint))
  if state.parked >= rules.maxParked then
    if not replaceNewest(endpoint, member, order) then return end
  elseif redis.call('ZADD', parkedKey(endpoint), 'NX', order, member) == 1 then
    if state.parked == 0 then redis.call('PERSIST', stateKey(endpoint)) end
    state.parked, state.mayBeIdle = state.parked + 1, false
    parkedDelta = parkedDelta + 1
  end
  state.tenant = tenant
  setLimits(state, maxInFlight, interval)
end

-- No worker reports it any more: its worker died, perhaps before it claimed the delivery. If it is under way after all, or has
-- ended, the claim of its next attempt is refused.
local function returnToParked(lane, tenant, endpoint, member)
  leave(lane, tenant, endpoint, member)
  park(tenant, endpoint, member, orderOf(member), 0, 0)
  finish(lane, tenant, endpoint, member, 'none', 0, 0, 0)
end
