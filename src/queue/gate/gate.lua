-- The gate in front of the queue: decides which due deliveries become jobs now, so that a failing endpoint never slows the others.
-- A job occupies a worker's slot, so a delivery beyond the share of its endpoint or tenant is parked here, outside the queue.
-- The rules (breaker, shares, lanes, rate slots) are the pure functions of src/domain, written again in Lua because they must be
-- applied atomically. test/integration/queue/gate-model compares this script with a model built on those functions.
--
-- KEYS[1]  prefix of every key below
-- ARGV[1]  request, JSON. A tuple is a list with a fixed order; gate-messages.ts writes them, section 2 checks them
--   rules      GATE_RULES in src/domain/gate-rules.ts
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
-- <p>:epoch            when this state began; missing after a flush or an empty restart
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
-- Rolling upgrade: each process sends its own script, so two versions work on one state. Names and meanings of keys and fields
-- are therefore those of 0.1 (`cap` is the share, `tat` the first free rate slot). What is newer is harmless to 0.1, which never
-- sets nor removes an expiry: HSET keeps one, and it is many days long.

-- 1. Names

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

-- 2. The request. All of it is checked before anything is written.

local request = cjson.decode(ARGV[1])

local function malformed(where, expected) error('malformed request to the gate: ' .. where .. ' must be ' .. expected, 0) end

local WORKER = { 'string', 'number' }
local IN_FLIGHT = { 'string', 'string', 'string', 'string' }
local ENDING = { 'string', 'string', 'string', 'string', 'string', 'number', 'number', 'number' }
local OFFER = { 'string', 'string', 'string', 'number', 'number', 'number' }
local RULES = { 'maxInFlight', 'firstShare', 'slowAfter', 'openAfter', 'pauseMs', 'maxPauseMs', 'leaseMs', 'workerMs', 'coldMs',
  'lookaheadMs', 'tenantShare', 'slowShare', 'maxParked', 'maxTries', 'maxDue', 'forgetAfterMs' }
local LANES = { fast = true, slow = true }
local KINDS = { delivered = true, failed = true, throttled = true, none = true }

local function checkTuple(where, tuple, types)
  if type(tuple) ~= 'table' or #tuple ~= #types then malformed(where, 'a list of ' .. #types) end
  for i = 1, #types do
    if type(tuple[i]) ~= types[i] then malformed(where .. '[' .. i .. ']', 'a ' .. types[i]) end
  end
end

local function listOf(name)
  local list = request[name]
  if list ~= nil and type(list) ~= 'table' then malformed(name, 'a list') end
  return list or {}
end

local function tuplesOf(name, types)
  local list = listOf(name)
  for i = 1, #list do checkTuple(name .. '[' .. i .. ']', list[i], types) end
  return list
end

local function checkLanes(name, list)
  for i = 1, #list do
    if not LANES[list[i][1]] then malformed(name .. '[' .. i .. '][1]', 'a lane') end
  end
end

if type(request) ~= 'table' then malformed('it', 'an object') end
local rules = request.rules
if type(rules) ~= 'table' then malformed('rules', 'an object') end
for _, name in ipairs(RULES) do
  if type(rules[name]) ~= 'number' then malformed('rules.' .. name, 'a number') end
end
if request.nowMs ~= nil and type(request.nowMs) ~= 'number' then malformed('nowMs', 'a number') end
if request.worker ~= nil then checkTuple('worker', request.worker, WORKER) end
local inFlight, endings, offers = tuplesOf('inFlight', IN_FLIGHT), tuplesOf('endings', ENDING), tuplesOf('offers', OFFER)
checkLanes('inFlight', inFlight)
checkLanes('endings', endings)
for i = 1, #endings do
  if not KINDS[endings[i][5]] then malformed('endings[' .. i .. '][5]', 'the kind of a signal') end
end
local reslot = listOf('reslot')
for i = 1, #reslot do
  if type(reslot[i]) ~= 'string' then malformed('reslot[' .. i .. ']', 'a string') end
end

local now = request.nowMs
if not now then
  local clock = redis.call('TIME')
  now = clock[1] * 1000 + math.floor(clock[2] / 1000)
end

-- 3. State of endpoints: read once per step, written once at its end

local FIELDS = { 'tenant', 'max', 'interval', 'cap', 'tat', 'failures', 'opens', 'until', 'since', 'failed' }
local states, touched = {}, {}

-- maxInFlight, interval: the limits reported last. freeFrom: the first free rate slot. opens: how many times in a row the breaker
-- opened. since, failed: the first and the last of the consecutive failures. isKnown: an attempt has reported before; false after
-- a flush. The rest says what this step learned: hasLimits, isJudged, mayBeIdle, parked (how many, once it was counted).
local function stateOf(endpoint)
  local state = states[endpoint]
  if state then return state end
  local h = redis.call('HMGET', stateKey(endpoint), unpack(FIELDS))
  state = {
    stored = h, tenant = h[1], maxInFlight = tonumber(h[2]) or rules.maxInFlight, interval = tonumber(h[3]) or 0,
    share = tonumber(h[4]) or rules.firstShare, freeFrom = tonumber(h[5]) or 0, failures = tonumber(h[6]) or 0,
    opens = tonumber(h[7]) or 0, pausedUntil = tonumber(h[8]) or 0, since = tonumber(h[9]) or 0, failed = tonumber(h[10]) or 0,
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
  if state.isJudged then
    write(4, state.share) write(6, state.failures) write(7, state.opens) write(8, state.pausedUntil)
    write(9, state.since) write(10, state.failed)
  end
  if n > 0 then redis.call('HSET', stateKey(endpoint), unpack(changed)) end
end

-- An idle endpoint is forgotten after a while; parking and renew() make sure that others are not.
local function expireIfIdle(endpoint)
  if redis.call('ZCARD', parkedKey(endpoint)) > 0 or redis.call('ZCARD', atEndpointKey(endpoint)) > 0 then return end
  redis.call('PEXPIRE', stateKey(endpoint), rules.forgetAfterMs)
end

-- 4. Rings, and counters that are read and written once per step

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

local function enlist(lane, tenant, endpoint)
  if enlisted[endpoint] == lane then return end
  if redis.call('ZCARD', parkedKey(endpoint)) > 0 then
    redis.call('ZADD', endpointRing(lane, tenant), 'NX', ticket(), endpoint)
    enlisted[endpoint] = lane
  end
  enlistTenant(lane, tenant)
end

-- 5. In flight. An attempt is in one lane, or in none.

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

-- 6. Rules: see lane.ts, breaker.ts, share.ts and rate-slot.ts in src/domain

local admitted, healthChanges = {}, {}

local function laneOf(state) return state.failures >= rules.slowAfter and 'slow' or 'fast' end

local function breakerOf(state)
  if state.opens == 0 then return 'closed' end
  return state.pausedUntil > now and 'open' or 'half-open'
end

local function currentShare(state)
  return state.opens == 0 and math.min(state.share, state.maxInFlight) or 1
end

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
  pause(endpoint, state, now + math.min(rules.maxPauseMs, rules.pauseMs * 2 ^ (state.opens - 1)))
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

-- 7. What happened since the last step

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
  enlist(after, tenant, endpoint)
  if after ~= lane then enlistTenant(lane, tenant) end
  state.mayBeIdle = true
end

local function park(tenant, endpoint, member, order, maxInFlight, interval)
  if redis.call('ZSCORE', atEndpointKey(endpoint), member) then return end
  local state = stateOf(endpoint)
  state.parked = state.parked or redis.call('ZCARD', parkedKey(endpoint))
  if state.parked >= rules.maxParked then return end
  if redis.call('ZADD', parkedKey(endpoint), 'NX', order, member) == 1 then
    if state.parked == 0 then redis.call('PERSIST', stateKey(endpoint)) end
    state.parked = state.parked + 1
    parkedDelta = parkedDelta + 1
  end
  state.tenant = tenant
  setLimits(state, maxInFlight, interval)
end

if request.worker then
  local worker, slots = unpack(request.worker)
  redis.call('HSET', workersKey, worker, string.format('%.0f %.0f', slots, now + rules.workerMs))
end
for _, tuple in ipairs(inFlight) do renew(unpack(tuple)) end
for _, lane in ipairs({ 'fast', 'slow' }) do
  for _, entry in ipairs(redis.call('ZRANGEBYSCORE', inLaneKey(lane), '-inf', now, 'LIMIT', 0, rules.maxDue)) do
    local tenant, endpoint, member = string.match(entry, '^(%S+) (%S+) (%S+)$')
    finish(lane, tenant, endpoint, member, 'none', 0, 0, 0)
  end
end
for _, tuple in ipairs(endings) do finish(unpack(tuple)) end
for _, endpoint in ipairs(redis.call('ZRANGEBYSCORE', wakesKey, '-inf', now, 'LIMIT', 0, rules.maxDue)) do
  redis.call('ZREM', wakesKey, endpoint)
  local state = stateOf(endpoint)
  if state.tenant then enlist(laneOf(state), state.tenant, endpoint) end
  state.mayBeIdle = true
end
local rateSlots = {}
for i, endpoint in ipairs(reslot) do
  local state = stateOf(endpoint)
  rateSlots[i] = takeRateSlot(state)
  state.mayBeIdle = true
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

-- 8. Admission

local function slotsAlive()
  local workers = redis.call('HGETALL', workersKey)
  local total = 0
  for i = 1, #workers, 2 do
    local slots, untilMs = string.match(workers[i + 1], '^(%d+) (%d+)$')
    if tonumber(untilMs) > now then total = total + tonumber(slots) else redis.call('HDEL', workersKey, workers[i]) end
  end
  return total
end

local function wakeAt(endpoint, atMs) redis.call('ZADD', wakesKey, atMs, endpoint) end

-- Admits the oldest parked delivery of an endpoint that is below its share, not paused, and close enough to its rate slot.
-- Returns whether one was admitted, and whether the endpoint stays in the ring.
local function admitFrom(lane, tenant, endpoint)
  local state = stateOf(endpoint)
  if laneOf(state) ~= lane then
    enlist(laneOf(state), tenant, endpoint)
    return false, false
  end
  if state.pausedUntil > now then
    wakeAt(endpoint, state.pausedUntil)
    return false, false
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
  local free = laneSlots - redis.call('ZCARD', inLaneKey(lane))
  local tries = rules.maxTries
  while free > 0 and tries > 0 do
    tries = tries - 1
    local popped = redis.call('ZPOPMIN', tenantRing(lane))
    if #popped == 0 then return end
    local tenant = popped[1]
    -- a tenant at its share leaves the ring; its next attempt that ends in this lane brings it back
    if redis.call('ZCARD', ofTenantKey(lane, tenant)) < tenantShare then
      local ring = endpointRing(lane, tenant)
      local next = redis.call('ZPOPMIN', ring)
      if #next > 0 then
        local isAdmitted, staysInRing = admitFrom(lane, tenant, next[1])
        if isAdmitted then free = free - 1 end
        if staysInRing then redis.call('ZADD', ring, ticket(), next[1]) end
        if redis.call('ZCARD', ring) > 0 then redis.call('ZADD', tenantRing(lane), ticket(), tenant) end
      end
    end
  end
end

local epoch = tonumber(redis.call('GET', epochKey))
if not epoch then
  epoch = now
  redis.call('SET', epochKey, epoch)
end
-- a state that just began admits nothing until the workers have reported what they have in flight
local isCold = now < epoch + rules.coldMs
if not isCold then
  enlisted = {}
  local slots = slotsAlive()
  if slots > 0 then
    local slow = math.max(1, math.floor(slots * rules.slowShare))
    admit('fast', math.max(1, slots - slow))
    admit('slow', slow)
  end
end

-- 9. Writing the state, and the reply

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

local function untilFirstWake()
  local first = redis.call('ZRANGE', wakesKey, 0, 0, 'WITHSCORES')
  return #first > 0 and math.max(0, math.ceil(tonumber(first[2]) - now)) or -1
end
return { now, admitted, healthChanges, isCold and epoch + rules.coldMs - now or untilFirstWake(), rateSlots }
