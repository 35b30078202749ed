-- Workers, rings, and attempts in flight. An attempt is in one lane, or in none. Counters are read and written once per step.

local function readWorker(text)
  local slots, untilMs = string.match(text, '^(%d+) (%d+)$')
  return tonumber(slots), tonumber(untilMs)
end

local function isAnyoneAlive()
  for _, text in ipairs(redis.call('HVALS', workersKey)) do
    local _, untilMs = readWorker(text)
    if untilMs > now then return true end
  end
  return false
end

local lastTicket, parkedDelta = nil, 0

local function ticket()
  lastTicket = (lastTicket or tonumber(redis.call('GET', ticketKey) or 0)) + 1
  return lastTicket
end

local function enlistTenant(lane, tenant)
  if redis.call('ZCARD', endpointRing(lane, tenant)) > 0 then redis.call('ZADD', tenantRing(lane), 'NX', ticket(), tenant) end
end

-- Before admission only an endpoint that changes its lane leaves a ring, so it needs to be enlisted once.
local enlisted = {}

-- Returns whether the endpoint has parked deliveries.
local function enlist(lane, tenant, endpoint)
  if enlisted[endpoint] == lane then return true end
  if redis.call('ZCARD', parkedKey(endpoint)) == 0 then
    enlistTenant(lane, tenant)
    return false
  end
  redis.call('ZADD', endpointRing(lane, tenant), 'NX', ticket(), endpoint)
  redis.call('ZADD', tenantRing(lane), 'NX', ticket(), tenant)
  enlisted[endpoint] = lane
  return true
end

local function enter(lane, tenant, endpoint, member)
  local lease = now + rules.leaseMs
  redis.call('ZADD', inLaneKey(lane), lease, tenant .. ' ' .. endpoint .. ' ' .. member)
  redis.call('ZADD', ofTenantKey(lane, tenant), lease, member)
  redis.call('ZADD', atEndpointKey(endpoint), lease, member)
end

-- An attempt whose lease ran out may have been admitted again, in the other lane: then that one goes on.
local function leave(lane, tenant, endpoint, member)
  if redis.call('ZREM', inLaneKey(lane), tenant .. ' ' .. endpoint .. ' ' .. member) == 0 then return end
  redis.call('ZREM', ofTenantKey(lane, tenant), member)
  redis.call('ZREM', atEndpointKey(endpoint), member)
end

-- A worker has it in flight: extends its lease, and enters it again after a flush or when its lease had run out.
local function renew(lane, tenant, endpoint, member)
  local lease = now + rules.leaseMs
  local entry = tenant .. ' ' .. endpoint .. ' ' .. member
  if redis.call('ZADD', inLaneKey(lane), lease, entry) == 0 then return end
  if redis.call('ZADD', atEndpointKey(endpoint), lease, member) == 0 then -- it was admitted again in the other lane
    redis.call('ZREM', inLaneKey(lane), entry)
    return
  end
  redis.call('ZADD', ofTenantKey(lane, tenant), lease, member)
  parkedDelta = parkedDelta - redis.call('ZREM', parkedKey(endpoint), member) -- it was offered before its worker reported it
  redis.call('PERSIST', stateKey(endpoint))
end
