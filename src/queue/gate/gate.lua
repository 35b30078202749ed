-- The gate in front of the queue: decides which deliveries become jobs now, so that one endpoint's misery stays its own.
-- What is in the queue takes a worker's slot; so what has no share of the slots waits here, parked, outside the queue.
--
-- KEYS[1]  prefix of every key below
-- ARGV[1]  request, JSON: {rules, worker?, hands?, done?, offers?, late?}
-- returns  {admitted, turns, milliseconds until the next wake-up or -1, new places of what is late}, lists flat
--
-- <p>:epoch            when this state began; missing after a flush or an empty restart
-- <p>:workers          hash  worker -> "slots until"
-- <p>:w:<lane>         zset  "tenant endpoint id" -> lease   all in flight
-- <p>:tw:<lane>:<t>    zset  id -> lease                     in flight of a tenant
-- <p>:ew:<e>           zset  id -> lease                     in flight at an endpoint
-- <p>:p:<e>            zset  id -> order                     parked
-- <p>:e:<e>            hash  tenant max interval cap tat failures opens until since failed
-- <p>:ring:<lane>      zset  tenant -> ticket                tenants with parked work, round robin
-- <p>:ring:<lane>:<t>  zset  endpoint -> ticket              endpoints of a tenant with parked work, round robin
-- <p>:wakes            zset  endpoint -> time                endpoints that wait for a time
-- <p>:failing          zset  endpoint -> since               endpoints whose breaker opened and has not closed again
-- <p>:parked           how many are parked in all

local p = KEYS[1]
local request = cjson.decode(ARGV[1])
local rules = request.rules
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local admitted, turns = {}, {}

local function ticket() return redis.call('INCR', p .. ':ticket') end

-- `failed`: when an attempt failed last. `isNew`: nothing is known of its health, since it is new or Redis lost it.
local function read(endpoint)
  local h = redis.call('HMGET', p .. ':e:' .. endpoint, 'tenant', 'max', 'interval', 'cap', 'tat', 'failures', 'opens', 'until',
    'since', 'failed')
  local max = tonumber(h[2]) or rules.max
  return {
    tenant = h[1], max = max, interval = tonumber(h[3]) or 0, cap = math.min(tonumber(h[4]) or rules.firstCap, max),
    tat = tonumber(h[5]) or 0, failures = tonumber(h[6]) or 0, opens = tonumber(h[7]) or 0, pausedUntil = tonumber(h[8]) or 0,
    since = tonumber(h[9]) or 0, failed = tonumber(h[10]) or 0, isNew = not h[6],
  }
end

-- Two failures in a row move an endpoint to the slow lane, which has few slots: what hangs does not take those of the others.
local function laneOf(e) return e.failures >= rules.slowAfter and 'slow' or 'fast' end

local function enlistTenant(lane, tenant)
  if redis.call('ZCARD', p .. ':ring:' .. lane .. ':' .. tenant) > 0 then
    redis.call('ZADD', p .. ':ring:' .. lane, 'NX', ticket(), tenant)
  end
end

local function enlist(lane, tenant, endpoint)
  if redis.call('ZCARD', p .. ':p:' .. endpoint) > 0 then
    redis.call('ZADD', p .. ':ring:' .. lane .. ':' .. tenant, 'NX', ticket(), endpoint)
  end
  enlistTenant(lane, tenant)
end

local function enter(lane, tenant, endpoint, id)
  local lease = now + rules.leaseMs
  redis.call('ZADD', p .. ':w:' .. lane, lease, tenant .. ' ' .. endpoint .. ' ' .. id)
  redis.call('ZADD', p .. ':tw:' .. lane .. ':' .. tenant, lease, id)
  redis.call('ZADD', p .. ':ew:' .. endpoint, lease, id)
end

local function leave(lane, tenant, endpoint, id)
  redis.call('ZREM', p .. ':w:' .. lane, tenant .. ' ' .. endpoint .. ' ' .. id)
  redis.call('ZREM', p .. ':tw:' .. lane .. ':' .. tenant, id)
  redis.call('ZREM', p .. ':ew:' .. endpoint, id)
end

local function pause(endpoint, e, untilMs)
  if untilMs <= e.pausedUntil then return end
  e.pausedUntil = untilMs
  redis.call('ZADD', p .. ':wakes', untilMs, endpoint)
end

local function report(endpoint, turn, atMs)
  local n = #turns
  turns[n + 1], turns[n + 2], turns[n + 3] = endpoint, turn, string.format('%.0f', atMs)
end

-- Who hears of it keeps it for good, so what closes a breaker that Redis may have forgotten is reported as well.
local function close(endpoint, e)
  if e.opens > 0 or e.isNew then report(endpoint, 'recovered', now) end
  if e.opens > 0 then redis.call('ZREM', p .. ':failing', endpoint) end
  e.failures, e.opens, e.since = 0, 0, 0
end

local function open(endpoint, e)
  if e.opens == 0 then
    redis.call('ZADD', p .. ':failing', e.since, endpoint)
    report(endpoint, 'failing', e.since)
  end
  e.opens = e.opens + 1
  e.cap = 1
  pause(endpoint, e, now + math.min(rules.maxPauseMs, rules.pauseMs * 2 ^ (e.opens - 1)))
end

-- The breaker. Closed: failures in a row open it. Open: nothing is admitted until pausedUntil, and what was under way already
-- changes nothing. Half-open (opens > 0, the pause over): one at a time; a success closes it, a failure opens it for twice as long.
local function judge(endpoint, e, outcome, pauseMs)
  local isFailure = outcome == 'failed'
  if isFailure then e.failed = now end
  if e.opens == 0 or e.pausedUntil <= now then
    if outcome == 'delivered' then
      close(endpoint, e)
      e.cap = math.min(e.max, e.cap * 2)
    else
      e.cap = math.max(1, math.floor(e.cap / 2))
    end
    if isFailure then
      if e.failures == 0 then e.since = now end
      e.failures = e.failures + 1
      if e.opens > 0 or e.failures >= rules.openAfter then open(endpoint, e) end
    end
  end
  if pauseMs > 0 then pause(endpoint, e, now + pauseMs) end
end

local function finish(lane, tenant, endpoint, id, outcome, pauseMs, max, interval)
  leave(lane, tenant, endpoint, id)
  local e = read(endpoint)
  if max > 0 then e.max, e.interval = max, interval end
  local before = laneOf(e)
  if outcome ~= 'none' then
    judge(endpoint, e, outcome, pauseMs)
    redis.call('HSET', p .. ':e:' .. endpoint, 'tenant', tenant, 'max', e.max, 'interval', e.interval, 'cap', e.cap,
      'failures', e.failures, 'opens', e.opens, 'until', string.format('%.0f', e.pausedUntil),
      'since', string.format('%.0f', e.since), 'failed', string.format('%.0f', e.failed))
  end
  if laneOf(e) ~= before then redis.call('ZREM', p .. ':ring:' .. before .. ':' .. tenant, endpoint) end
  enlist(laneOf(e), tenant, endpoint)
  if laneOf(e) ~= lane then enlistTenant(lane, tenant) end
end

local function park(tenant, endpoint, id, order, max, interval)
  if redis.call('ZSCORE', p .. ':ew:' .. endpoint, id) then return end
  if redis.call('ZCARD', p .. ':p:' .. endpoint) >= rules.maxParked then return end
  if redis.call('ZADD', p .. ':p:' .. endpoint, 'NX', order, id) == 1 then redis.call('INCR', p .. ':parked') end
  if max > 0 then
    redis.call('HSET', p .. ':e:' .. endpoint, 'tenant', tenant, 'max', max, 'interval', interval)
  else
    redis.call('HSETNX', p .. ':e:' .. endpoint, 'tenant', tenant)
  end
end

local function slotsAlive()
  local all = redis.call('HGETALL', p .. ':workers')
  local slots = 0
  for i = 1, #all, 2 do
    local count, untilMs = string.match(all[i + 1], '^(%d+) (%d+)$')
    if tonumber(untilMs) > now then slots = slots + tonumber(count) else redis.call('HDEL', p .. ':workers', all[i]) end
  end
  return slots
end

-- Takes a place in the rate.
local function occupy(endpoint, e, slot)
  redis.call('HSET', p .. ':e:' .. endpoint, 'tat', string.format('%.3f', slot + e.interval))
end

-- One more of an endpoint, when its turn has come: under its cap, not paused, and a place in its rate (GCRA without burst, so
-- that any second holds as many as it may). Returns whether the endpoint goes on in the ring.
local function admitOne(lane, tenant, endpoint)
  local e = read(endpoint)
  if laneOf(e) ~= lane then enlist(laneOf(e), tenant, endpoint) return false end
  if e.pausedUntil > now then redis.call('ZADD', p .. ':wakes', e.pausedUntil, endpoint) return false end
  local cap = e.opens > 0 and 1 or e.cap
  if redis.call('ZCARD', p .. ':ew:' .. endpoint) >= cap then return false end
  local slot = math.max(now, e.tat)
  if e.interval > 0 then
    if slot - now > rules.lookaheadMs then
      redis.call('ZADD', p .. ':wakes', slot - rules.lookaheadMs, endpoint)
      return false
    end
  end
  local first = redis.call('ZPOPMIN', p .. ':p:' .. endpoint)
  if #first == 0 then return false end
  redis.call('DECR', p .. ':parked')
  if e.interval > 0 then occupy(endpoint, e, slot) end
  enter(lane, tenant, endpoint, first[1])
  local n = #admitted
  admitted[n + 1], admitted[n + 2], admitted[n + 3], admitted[n + 4], admitted[n + 5] =
    lane, tenant, endpoint, first[1], string.format('%.0f', e.interval > 0 and slot or 0)
  return redis.call('ZCARD', p .. ':p:' .. endpoint) > 0
end

local function admit(lane, cap)
  local ring = p .. ':ring:' .. lane
  local share = math.max(1, math.ceil(cap * rules.tenantShare))
  local room = cap - redis.call('ZCARD', p .. ':w:' .. lane)
  local tries = rules.maxTries
  while room > 0 and tries > 0 do
    tries = tries - 1
    local popped = redis.call('ZPOPMIN', ring)
    if #popped == 0 then return end
    local tenant = popped[1]
    -- a tenant at its share leaves the ring; its next delivery that ends brings it back
    if redis.call('ZCARD', p .. ':tw:' .. lane .. ':' .. tenant) < share then
      local next = redis.call('ZPOPMIN', ring .. ':' .. tenant)
      if #next > 0 then
        local before = #admitted
        if admitOne(lane, tenant, next[1]) then redis.call('ZADD', ring .. ':' .. tenant, ticket(), next[1]) end
        if #admitted > before then room = room - 1 end
        if redis.call('ZCARD', ring .. ':' .. tenant) > 0 then redis.call('ZADD', ring, ticket(), tenant) end
      end
    end
  end
end

-- 1. What this process has in hand keeps its place; after a flush it takes it again.
if request.worker then
  redis.call('HSET', p .. ':workers', request.worker.id, request.worker.slots .. ' ' .. string.format('%.0f', now + rules.workerMs))
end
for _, h in ipairs(request.hands or {}) do enter(h[1], h[2], h[3], h[4]) end

-- 2. Leases that ran out, what ended, who wakes up, what is offered.
for _, lane in ipairs({ 'fast', 'slow' }) do
  for _, member in ipairs(redis.call('ZRANGEBYSCORE', p .. ':w:' .. lane, '-inf', now, 'LIMIT', 0, 200)) do
    local tenant, endpoint, id = string.match(member, '^(%S+) (%S+) (%S+)$')
    finish(lane, tenant, endpoint, id, 'none', 0, 0, 0)
  end
end
for _, d in ipairs(request.done or {}) do finish(d[1], d[2], d[3], d[4], d[5], d[6], d[7], d[8]) end
for _, endpoint in ipairs(redis.call('ZRANGEBYSCORE', p .. ':wakes', '-inf', now, 'LIMIT', 0, 200)) do
  redis.call('ZREM', p .. ':wakes', endpoint)
  local e = read(endpoint)
  if e.tenant then enlist(laneOf(e), e.tenant, endpoint) end
end
local places = {}
for i, endpoint in ipairs(request.late or {}) do
  local e = read(endpoint)
  local slot = math.max(now, e.tat)
  occupy(endpoint, e, slot)
  places[i] = string.format('%.0f', slot)
end
local enlisted = {}
for _, o in ipairs(request.offers or {}) do
  park(o[1], o[2], o[3], o[4], o[5], o[6])
  enlisted[o[2]] = o[1]
end
for endpoint, tenant in pairs(enlisted) do enlist(laneOf(read(endpoint)), tenant, endpoint) end

-- 3. Who goes now. A state that just began waits until the workers have said what they have in hand.
local epoch = tonumber(redis.call('GET', p .. ':epoch'))
if not epoch then
  epoch = now
  redis.call('SET', p .. ':epoch', string.format('%.0f', now))
end
local wake = redis.call('ZRANGE', p .. ':wakes', 0, 0, 'WITHSCORES')
local wakeMs = #wake > 0 and math.max(0, tonumber(wake[2]) - now) or -1
if now < epoch + rules.coldMs then
  wakeMs = epoch + rules.coldMs - now
else
  local slots = slotsAlive()
  if slots > 0 then
    local slow = math.max(1, math.floor(slots * rules.slowShare))
    admit('fast', math.max(1, slots - slow))
    admit('slow', slow)
    wake = redis.call('ZRANGE', p .. ':wakes', 0, 0, 'WITHSCORES')
    wakeMs = #wake > 0 and math.max(0, tonumber(wake[2]) - now) or -1
  end
end
return { admitted, turns, string.format('%.0f', wakeMs), places }
