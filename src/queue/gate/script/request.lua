-- The request. All of it is checked before anything is written.

local request = cjson.decode(ARGV[1])

local function malformed(where, expected) error('malformed request to the gate: ' .. where .. ' must be ' .. expected, 0) end

local WORKER = { 'string', 'number' }
local IN_FLIGHT = { 'string', 'string', 'string', 'string' }
local ENDING = { 'string', 'string', 'string', 'string', 'string', 'number', 'number', 'number' }
local OFFER = { 'string', 'string', 'string', 'number', 'number', 'number' }
local LANES = { fast = true, slow = true }
local KINDS = { delivered = true, failed = true, throttled = true, none = true }

local function whereIs(name, index) return index and name .. '[' .. index .. ']' or name end

-- `index`: which of several tuples it is
local function checkTuple(tuple, types, name, index)
  if type(tuple) ~= 'table' or #tuple ~= #types then malformed(whereIs(name, index), 'a list of ' .. #types) end
  for i = 1, #types do
    if type(tuple[i]) ~= types[i] then malformed(whereIs(name, index) .. '[' .. i .. ']', 'a ' .. types[i]) end
  end
end

local function listOf(name)
  local list = request[name]
  if list ~= nil and type(list) ~= 'table' then malformed(name, 'a list') end
  return list or {}
end

local function tuplesOf(name, types)
  local list = listOf(name)
  for i = 1, #list do checkTuple(list[i], types, name, i) end
  return list
end

-- One member of each tuple is one of a few words.
local function checkWords(name, list, position, words, expected)
  for i = 1, #list do
    if not words[list[i][position]] then malformed(name .. '[' .. i .. '][' .. position .. ']', expected) end
  end
end

if type(request) ~= 'table' then malformed('it', 'an object') end
if request.nowMs ~= nil and type(request.nowMs) ~= 'number' then malformed('nowMs', 'a number') end
if request.worker ~= nil then checkTuple(request.worker, WORKER, 'worker') end
local inFlight, endings, offers = tuplesOf('inFlight', IN_FLIGHT), tuplesOf('endings', ENDING), tuplesOf('offers', OFFER)
checkWords('inFlight', inFlight, 1, LANES, 'a lane')
checkWords('endings', endings, 1, LANES, 'a lane')
checkWords('endings', endings, 5, KINDS, 'the kind of a signal')
local reslot = listOf('reslot')
for i = 1, #reslot do
  if type(reslot[i]) ~= 'string' then malformed('reslot[' .. i .. ']', 'a string') end
end

local now = request.nowMs
if not now then
  local clock = redis.call('TIME')
  now = clock[1] * 1000 + math.floor(clock[2] / 1000)
end
