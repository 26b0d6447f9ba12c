"""How does Redis count an account's tokens? The Lua behind `bot.store.budget`.

One hash an account. `total:<second>` holds the tokens spent in a second, `<class>:<second>` the calls of a
class with a limit of its own, `grant/<id>` what a begun ticket may still spend, `line/<priority>` until when
tokens are promised to those who were put off. A token comes back a minute after the answer to its request, so
no window of a minute, fixed or sliding, ever holds more than what was allowed.
"""

from __future__ import annotations

# Counted in whole seconds, a token may come back a second late and never early.
BACK_AFTER = 61

_STATE = f"""
local key, now, share = KEYS[1], tonumber(ARGV[1]), tonumber(ARGV[2])
if not now then
  local time = redis.call('TIME')
  now = tonumber(time[1]) + tonumber(time[2]) / 1000000
end
local state, spent, sums, promised = {{}}, {{}}, {{}}, 0
local raw = redis.call('HGETALL', key)
for i = 1, #raw, 2 do
  local name, value = raw[i], raw[i + 1]
  local class, second = name:match('^([%a_]+):(%d+)$')
  if class and now >= second + {BACK_AFTER} then
    redis.call('HDEL', key, name)
  elseif class then
    spent[class] = spent[class] or {{}}
    spent[class][tonumber(second)] = tonumber(value)
    sums[class] = (sums[class] or 0) + value
  elseif name:sub(1, 6) == 'grant/' then
    local left, ends = value:match('^(%d+) (%d+)$')
    if now >= tonumber(ends) then
      redis.call('HDEL', key, name)
    else
      promised = promised + left
      state[name] = {{left = tonumber(left), ends = ends}}
    end
  else
    state[name] = tonumber(value)
  end
end
redis.call('EXPIRE', key, 86400)
local total = state.total or 50  -- the smallest plan's, until the first answer tells
local others = state.others and now < state.others_at + 300 and state.others or 0
local allowed = math.max(1, math.floor(math.min(total * share, total - others)))
local used = (sums.total or 0) + promised

-- Priorities: 0 background, 1 normal, 2 urgent, 3 by hand.
local function ceiling(priority)
  if priority >= 2 then return allowed end
  local reserve = math.min(math.max(allowed * 0.2, 10), allowed / 2)
  local normal = math.floor(allowed - reserve)
  return priority == 1 and normal or math.floor(normal / 2)
end

-- Freshdesk publishes these by plan and shows them in no header.
local function class_ceiling(class, priority)
  local part = 0.4
  if class == 'ticket_list' or class == 'contact_list' then
    part = total >= 700 and 2 / 7 or total >= 400 and 0.25 or 0.1
  end
  return math.max(1, math.floor(total * part * share * (priority == 0 and 0.5 or 1)))
end

local function fits(gone, first, whole, most)
  return gone == 0 or (gone + first <= most and gone + whole <= allowed)
end

local function back_at(class, enough)
  local seconds, gone = {{}}, class == 'total' and used or sums[class]
  for second in pairs(spent[class] or {{}}) do seconds[#seconds + 1] = second end
  table.sort(seconds)
  for _, second in ipairs(seconds) do
    gone = gone - spent[class][second]
    if enough(gone) then return second + {BACK_AFTER} end
  end
  return now + {BACK_AFTER}  -- what stands in the way is promised to tickets at work
end

-- Promise moments three times as fast as tokens come back, and every two seconds at least: many who wait turn
-- out to need less than they asked for, and one who comes too early costs no request.
local function put_off(priority, at, whole)
  local line = 'line/' .. priority
  local turn = math.min(math.max(at, state[line] or 0), math.max(at, now + 600))
  local step = math.min(2, whole * 20 / (total * share * 0.8))
  redis.call('HSET', key, line, string.format('%.3f', turn + step))
  return {{0, math.ceil((turn - now) * 1000)}}
end

local function held_until(class)
  return math.max(state.hold or 0, state['hold/' .. class] or 0)
end
"""

# ARGV: now, share, priority, grant, first, whole, ends after
RESERVE = (
    _STATE
    + """
local priority, first, whole = tonumber(ARGV[3]), tonumber(ARGV[5]), tonumber(ARGV[6])
local grant = state['grant/' .. ARGV[4]]
if priority < 3 then
  local held, most = held_until('total'), ceiling(priority)
  if grant then most = allowed end  -- what was begun may be finished on the reserve
  if held > now then return put_off(priority, held, whole) end
  if not fits(used, first, whole, most) then
    local at = back_at('total', function(gone) return fits(gone, first, whole, most) end)
    return put_off(priority, at, whole)
  end
end
local left = string.format('%d', whole + (grant and grant.left or 0))
redis.call('HSET', key, 'grant/' .. ARGV[4], left .. ' ' .. math.ceil(now + ARGV[7]))
return {1, 0}
"""
)

# ARGV: now, share, priority, grant, class, cost
SPEND = (
    _STATE
    + """
local priority, class, cost = tonumber(ARGV[3]), ARGV[5], tonumber(ARGV[6])
local grant = state['grant/' .. ARGV[4]]
local second, more = math.floor(now), cost - math.min(cost, grant and grant.left or 0)
if priority < 3 then
  local held = held_until(class)
  if held > now then return put_off(priority, held, cost) end
  if class ~= 'other' and (sums[class] or 0) + 1 > class_ceiling(class, priority) then
    local most = class_ceiling(class, priority)
    return put_off(priority, back_at(class, function(calls) return calls + 1 <= most end), cost)
  end
  local most = grant and allowed or ceiling(priority)  -- what was begun may be finished on the reserve
  if more > 0 and not fits(used, more, more, most) then
    local at = back_at('total', function(gone) return fits(gone, more, more, most) end)
    return put_off(priority, at, cost)
  end
end
if grant then
  local left = string.format('%d', grant.left - cost + more)
  redis.call('HSET', key, 'grant/' .. ARGV[4], left .. ' ' .. grant.ends)
end
redis.call('HINCRBY', key, 'total:' .. second, cost)
if class ~= 'other' then redis.call('HINCRBY', key, class .. ':' .. second, 1) end
return {1, second}
"""
)

# ARGV: now, share, class, cost, second, used, total, remaining, hold; '' where the answer told nothing
SETTLE = (
    _STATE
    + """
local class, cost, sent = ARGV[3], tonumber(ARGV[4]), ARGV[5]
local real, second = tonumber(ARGV[6]) or cost, math.floor(now)
local function move(name, take, give)
  if redis.call('HEXISTS', key, name .. ':' .. sent) == 0 then return 0 end
  redis.call('HINCRBY', key, name .. ':' .. sent, -take)
  redis.call('HINCRBY', key, name .. ':' .. second, give)
  return give - take
end
local mine = (sums.total or 0) + move('total', cost, real)
if class ~= 'other' then move(class, 1, 1) end
local told, remaining, hold = tonumber(ARGV[7]), tonumber(ARGV[8]), tonumber(ARGV[9])
if told and told > 0 then
  redis.call('HSET', key, 'total', told)
  if remaining then
    -- Just after a window of Freshdesk's has begun, nobody seems to use anything: keep a minute's greatest.
    local seen = math.max(0, told - remaining - mine)
    if seen >= others or now >= state.others_at + 60 then
      redis.call('HSET', key, 'others', seen, 'others_at', now)
    end
  end
end
if hold then
  -- Refused with requests left, it is the class's own limit that is reached.
  local name = class ~= 'other' and (remaining or 0) > 0 and 'hold/' .. class or 'hold'
  redis.call('HSET', key, name, math.max(state[name] or 0, now + hold))
  redis.call('HINCRBY', key, 'refused', 1)
end
return 1
"""
)

# ARGV: now, share
LOOK = (
    _STATE
    + """
local held = 0
for name, value in pairs(state) do
  if name:sub(1, 4) == 'hold' then held = math.max(held, value - now) end
end
local spare = held > 0 and 0 or math.max(0, ceiling(0) - used)
local figures = {state.total or 0, allowed, used, others, math.ceil(held * 1000), state.refused or 0, spare}
for i, figure in ipairs(figures) do figures[i] = math.floor(figure) end
return figures
"""
)
