-- The request. All of it is checked before anything is written.

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
