-- Which parked deliveries are admitted.

local function slotsAlive()
  local workers = redis.call('HGETALL', workersKey)
  local total = 0
  for i = 1, #workers, 2 do
    local slots, untilMs = readWorker(workers[i + 1])
    if untilMs > now then total = total + slots else redis.call('HDEL', workersKey, workers[i]) end
  end
  return total
end

local function wakeAt(endpoint, atMs) redis.call('ZADD', wakesKey, atMs, endpoint) end

-- Admits the oldest parked delivery of an endpoint that is below its share, not paused, and close enough to its rate slot.
-- Of a tenant with many in flight, endpoints that no attempt has reported on yet begin one after another.
-- Returns whether one was admitted, and whether the endpoint stays in the ring.
local function admitFrom(lane, tenant, endpoint, ofTenant)
  local state = stateOf(endpoint)
  if laneOf(state) ~= lane then
    enlist(laneOf(state), tenant, endpoint)
    return false, false
  end
  if state.pausedUntil > now then
    wakeAt(endpoint, state.pausedUntil)
    return false, false
  end
  if not state.isKnown and ofTenant >= rules.crowd then
    if state.startFrom == 0 then state.startFrom = now + math.floor(rules.startSpreadMs * spreadOf(endpoint)) end
    if state.startFrom > now then
      wakeAt(endpoint, state.startFrom)
      return false, false
    end
  end
  if redis.call('ZCARD', atEndpointKey(endpoint)) >= currentShare(state) then return false, false end
  if state.interval > 0 and state.freeFrom - rules.lookaheadMs > now then
    wakeAt(endpoint, state.freeFrom - rules.lookaheadMs)
    return false, false
  end
  local first = redis.call('ZPOPMIN', parkedKey(endpoint))
  if #first == 0 then return false, false end
  parkedDelta = parkedDelta - 1
  enter(lane, tenant, endpoint, first[1])
  admitted[#admitted + 1] = { lane, tenant, endpoint, first[1], state.interval > 0 and takeRateSlot(state) or 0 }
  return true, redis.call('ZCARD', parkedKey(endpoint)) > 0
end

local function admit(lane, laneSlots)
  local tenantShare = math.max(1, math.ceil(laneSlots * rules.tenantShare))
  local free
  for _ = 1, rules.maxTries do
    local popped = redis.call('ZPOPMIN', tenantRing(lane))
    if #popped == 0 then return end
    local tenant = popped[1]
    free = free or laneSlots - redis.call('ZCARD', inLaneKey(lane))
    if free <= 0 then
      redis.call('ZADD', tenantRing(lane), popped[2], tenant) -- where it was
      return
    end
    -- a tenant at its share leaves the ring; its next attempt that ends in this lane brings it back
    local ofTenant = redis.call('ZCARD', ofTenantKey(lane, tenant))
    if ofTenant < tenantShare then
      local ring = endpointRing(lane, tenant)
      local next = redis.call('ZPOPMIN', ring)
      if #next > 0 then
        local isAdmitted, staysInRing = admitFrom(lane, tenant, next[1], ofTenant)
        if isAdmitted then free = free - 1 end
        if staysInRing then redis.call('ZADD', ring, ticket(), next[1]) end
        if staysInRing or redis.call('ZCARD', ring) > 0 then redis.call('ZADD', tenantRing(lane), ticket(), tenant) end
      end
    end
  end
end
