-- The gate in front of the queue: decides which due deliveries become jobs now, so that a failing endpoint never slows the others.
-- A job occupies a worker's slot, so a delivery beyond the share of its endpoint or tenant is parked here, outside the queue.
-- The rules (breaker, shares, lanes, rate slots) are the pure functions of src/domain, written again in Lua because they must be
-- applied atomically. test/integration/queue/gate-model compares this script with a model built on those functions.
-- This file is the end of the script; gate.ts puts in front of it the numbers of GATE_RULES as the table `rules`, and the files of
-- script/, which define its functions.
--
-- KEYS[1]  prefix of every key below
-- ARGV[1]  request, JSON. A tuple is a list with a fixed order; gate-messages.ts writes them, script/request.lua checks them
--   nowMs?     Unix ms to use instead of Redis's clock; only tests send it, to have whole days pass in one run
--   worker?    tuple: worker, slots                                 a worker is alive and offers its slots
--   inFlight?  list of tuples: lane, tenant, endpoint, member       what that worker has in flight
--   endings?   list of tuples: lane, tenant, endpoint, member, kind, pause ms, max in flight, interval ms
--   offers?    list of tuples: tenant, endpoint, member, order, max in flight, interval ms
--   reslot?    list of endpoints with an attempt that missed its rate slot
--   `member` is "<delivery>-<attempt number>"; max in flight 0: the limits are not known; interval 0: no rate
-- returns  {now, admitted, health changes, ms until the next wake-up or -1, rate slots}
--   now             Unix ms by Redis's clock: rate slots are instants of that clock
--   admitted        list of tuples: lane, tenant, endpoint, member, rate slot (Unix ms, 0 without a rate)
--   health changes  list of tuples: endpoint, "failing" or "recovered", since when (Unix ms)
--   rate slots      Unix ms, one for each endpoint in `reslot`
--
-- <p>:epoch            when the first worker reported to this state; missing after a flush or an empty restart
-- <p>:ticket           counter: positions in the rings
-- <p>:workers          hash  worker -> "slots until"
-- <p>:w:<lane>         zset  "tenant endpoint member" -> lease   in flight
-- <p>:tw:<lane>:<t>    zset  member -> lease                     in flight of a tenant
-- <p>:ew:<e>           zset  member -> lease                     in flight at an endpoint
-- <p>:p:<e>            zset  member -> order                     parked
-- <p>:e:<e>            hash  state of an endpoint: see FIELDS. Expires when it is idle, i.e. nothing is parked or in flight
-- <p>:ring:<lane>      zset  tenant -> ticket                    tenants with parked deliveries, round robin
-- <p>:ring:<lane>:<t>  zset  endpoint -> ticket                  endpoints of a tenant with parked deliveries, round robin
-- <p>:wakes            zset  endpoint -> time                    endpoints that wait for a time
-- <p>:failing          zset  endpoint -> since                   endpoints whose breaker opened and has not closed again
-- <p>:parked           how many are parked in all
--
-- Rolling upgrade: each process sends its own script, so two versions work on one state. Keys and fields therefore have the names
-- and meanings of 0.1 (`cap` is the share, `tat` the first free rate slot), whose script neither reads nor removes the expiry of
-- an endpoint's state. A state could expire while 0.1 has deliveries parked only after more than a week of both versions, and
-- comes back with the next offer or the next attempt that ends.

-- 1. What happened since the last step

local epoch = tonumber(redis.call('GET', epochKey))
-- when no worker counts as alive, what is in flight has not been reported: the first that reports begins anew
if not epoch or (request.worker and not isAnyoneAlive()) then
  epoch = now
  redis.call('SET', epochKey, epoch)
end
local isCold = now < epoch + rules.coldMs
if request.worker then
  local worker, slots = unpack(request.worker)
  redis.call('HSET', workersKey, worker, string.format('%.0f %.0f', slots, now + rules.workerMs))
end
for _, tuple in ipairs(inFlight) do renew(unpack(tuple)) end
local hasMoreLeases = false
for _, lane in ipairs({ 'fast', 'slow' }) do
  local entries = isCold and {}
    or redis.call('ZRANGEBYSCORE', inLaneKey(lane), '-inf', now, 'LIMIT', 0, rules.maxDue)
  if #entries > 0 and not isAnyoneAlive() then entries = {} end
  for _, entry in ipairs(entries) do returnToParked(lane, string.match(entry, '^(%S+) (%S+) (%S+)$')) end
  hasMoreLeases = hasMoreLeases or #entries == rules.maxDue
end
for _, tuple in ipairs(endings) do finish(unpack(tuple)) end
for _, endpoint in ipairs(redis.call('ZRANGEBYSCORE', wakesKey, '-inf', now, 'LIMIT', 0, rules.maxDue)) do
  redis.call('ZREM', wakesKey, endpoint)
  local state = stateOf(endpoint)
  state.mayBeIdle = not state.tenant or not enlist(laneOf(state), state.tenant, endpoint)
end
local rateSlots = {}
for i, endpoint in ipairs(reslot) do
  local state = stateOf(endpoint)
  rateSlots[i] = takeRateSlot(state)
  state.mayBeIdle = redis.call('ZCARD', parkedKey(endpoint)) == 0
end
local offered = {}
for _, tuple in ipairs(offers) do
  park(unpack(tuple))
  local tenant, endpoint = unpack(tuple)
  if not offered[endpoint] then
    offered[endpoint] = tenant
    offered[#offered + 1] = endpoint
  end
end
for _, endpoint in ipairs(offered) do enlist(laneOf(stateOf(endpoint)), offered[endpoint], endpoint) end

-- 2. Admission

if not isCold and redis.call('EXISTS', tenantRing('fast'), tenantRing('slow')) > 0 then
  enlisted = {}
  local slots = slotsAlive()
  if slots > 0 then
    local slow = math.max(1, math.floor(slots * rules.slowShare))
    admit('fast', math.max(1, slots - slow))
    admit('slow', slow)
  end
end

-- 3. Writing the state, and the reply

for _, endpoint in ipairs(touched) do
  local state = states[endpoint]
  save(endpoint, state)
  if state.mayBeIdle then expireIfIdle(endpoint) end
end
if lastTicket then redis.call('SET', ticketKey, lastTicket) end
if parkedDelta ~= 0 then redis.call('INCRBY', parkedTotalKey, parkedDelta) end
if request.worker then
  -- endpoints whose state expired while their breaker was open
  for _, endpoint in
    ipairs(redis.call('ZRANGEBYSCORE', failingKey, '-inf', now - rules.forgetAfterMs, 'LIMIT', 0, rules.maxDue))
  do
    if (tonumber(redis.call('HGET', stateKey(endpoint), 'opens')) or 0) == 0 then redis.call('ZREM', failingKey, endpoint) end
  end
end

local function untilNextStep()
  if isCold then return epoch + rules.coldMs - now end
  if hasMoreLeases then return 0 end
  local first = redis.call('ZRANGE', wakesKey, 0, 0, 'WITHSCORES')
  return #first > 0 and math.max(0, math.ceil(tonumber(first[2]) - now)) or -1
end
return { now, admitted, healthChanges, untilNextStep(), rateSlots }
