-- What the end of an attempt and an offer change.

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

local function park(tenant, endpoint, member, order, maxInFlight, interval)
  if redis.call('ZSCORE', atEndpointKey(endpoint), member) then return end
  local state = stateOf(endpoint)
  state.parked = state.parked or redis.call('ZCARD', parkedKey(endpoint))
  if state.parked >= rules.maxParked then return end
  if redis.call('ZADD', parkedKey(endpoint), 'NX', order, member) == 1 then
    if state.parked == 0 then redis.call('PERSIST', stateKey(endpoint)) end
    state.parked, state.mayBeIdle = state.parked + 1, false
    parkedDelta = parkedDelta + 1
  end
  state.tenant = tenant
  setLimits(state, maxInFlight, interval)
end
