"""Which steps on the alarms must happen whole? Lua, run by Redis between any two other commands.

Scores are whole microseconds: a double holds them exactly until the year 2255, so a score can be a token.
A ticket whose moment has come stands in one of two lines, and its score there is its moment with a minus:
what rings meanwhile changes nothing (`ZADD LT`), and when it was rung is not lost.
"""

from __future__ import annotations

# KEYS: alarms, ranks, urgent line, normal line.
# ARGV: now, first token, how many, how many to line up, near, patience, freshness, "urgent"|"normal"|"".
# A rank is "<urgent 0|1> <deadline> <next step>" in hexadecimal seconds, 0 where there is none. Decimal
# microseconds take 17 bytes more a ticket; a store may still hold older ranks in those.
TAKE = """
local function text(number) return string.format('%.0f', number) end
local function micros(moment) return #moment > 12 and tonumber(moment) or tonumber(moment, 16) * 1000000 end
local now, soon = tonumber(ARGV[1]), ARGV[1] + ARGV[5]

local function place(member, arrived)
  local rank = redis.call('HGET', KEYS[2], member)
  if not rank then return KEYS[3], arrived + ARGV[7] end
  local urgent, deadline, step = string.match(rank, '(%d) (%x+) (%x+)')
  deadline, step = micros(deadline), micros(step)
  local order = deadline > 0 and deadline or arrived + ARGV[5] + ARGV[6]
  local near = order <= soon or (step > 0 and step <= soon)
  return (urgent == '1' or near) and KEYS[3] or KEYS[4], order
end

local due = redis.call('ZRANGEBYSCORE', KEYS[1], '(0', ARGV[1], 'WITHSCORES', 'LIMIT', 0, ARGV[4])
for i = 1, #due, 2 do
  local line, order = place(due[i], tonumber(due[i + 1]))
  redis.call('ZADD', line, text(order), due[i])
  redis.call('ZADD', KEYS[1], '-' .. due[i + 1], due[i])
end

local pressing = redis.call('ZRANGEBYSCORE', KEYS[4], '-inf', text(soon), 'WITHSCORES', 'LIMIT', 0, ARGV[4])
for i = 1, #pressing, 2 do
  redis.call('ZREM', KEYS[4], pressing[i])
  redis.call('ZADD', KEYS[3], pressing[i + 1], pressing[i])
end

local taken = {}
local function hand_out(line)
  if #taken >= tonumber(ARGV[3]) then return end
  for _, member in ipairs(redis.call('ZRANGE', line, 0, ARGV[3] - #taken - 1)) do
    taken[#taken + 1] = member
    redis.call('ZREM', line, member)
    redis.call('ZADD', KEYS[1], text(ARGV[2] + #taken), member)
  end
end
if ARGV[8] ~= 'normal' then hand_out(KEYS[3]) end
if ARGV[8] ~= 'urgent' then hand_out(KEYS[4]) end
return taken
"""

# KEYS: alarms. ARGV: member, its token, the new one.
BEGIN = """
if redis.call('ZSCORE', KEYS[1], ARGV[1]) ~= ARGV[2] then return 0 end
redis.call('ZADD', KEYS[1], ARGV[3], ARGV[1])
return 1
"""

# KEYS: alarms, ranks. ARGV: member, its token, next look or "", now, rank or "".
FINISH = """
local score = redis.call('ZSCORE', KEYS[1], ARGV[1])
local ours = score == ARGV[2]
local outlived = ours and tonumber(score) <= tonumber(ARGV[4])
if ARGV[3] == '' and not outlived and (ours or not score) then
  redis.call('HDEL', KEYS[2], ARGV[1])
  redis.call('ZREM', KEYS[1], ARGV[1])
  return 0
end
if ARGV[5] ~= '' then redis.call('HSET', KEYS[2], ARGV[1], ARGV[5]) end
if ours then
  redis.call('ZADD', KEYS[1], outlived and ARGV[4] or ARGV[3], ARGV[1])
elseif ARGV[3] ~= '' then
  redis.call('ZADD', KEYS[1], 'LT', ARGV[3], ARGV[1])
end
return 0
"""
