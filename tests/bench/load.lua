-- What wrk sends and how it checks the answers; tests/bench/load.py writes the plan and reads the result.
--
-- The plan is a Lua file named by BENCH_PLAN: method, path, headers, body, fills (a file with one value a line, which
-- takes the place of @@ in headers and body), once (each value is used one time only), status, pattern, result.

local ffi = require("ffi")
ffi.cdef("typedef struct { long seconds; long micros; } moment; int gettimeofday(moment *now, void *zone);")

local plan = dofile(os.getenv("BENCH_PLAN"))
local requests, sent, is_over = {}, 0, false
-- Globals, since wrk hands these from the thread to `done`.
right, wrong, began, ended, first_wrong = 0, 0, 0, 0, ""
local worker

local function now()
  local moment = ffi.new("moment")
  ffi.C.gettimeofday(moment, nil)
  return tonumber(moment.seconds) + tonumber(moment.micros) / 1e6
end

local function filled(text, value)
  return (text:gsub("@@", function() return value end))
end

local function build(value)
  local headers = {}
  for name, text in pairs(plan.headers) do headers[name] = filled(text, value) end
  return wrk.format(plan.method, plan.path, headers, plan.body and filled(plan.body, value))
end

function setup(thread)
  worker = thread
end

function init()
  for value in io.lines(plan.fills) do requests[#requests + 1] = build(value) end
  began = now()
end

function request()
  sent = sent + 1
  if sent > #requests and plan.once then
    -- All are used up. What is answered from now on is not counted any more.
    is_over = true
    wrk.thread:stop()
    return requests[#requests]
  end
  return requests[(sent - 1) % #requests + 1]
end

function response(status, _, body)
  if is_over then return end
  if status == plan.status and body:find(plan.pattern) then
    right, ended = right + 1, now()
    return
  end
  wrong = wrong + 1
  if wrong == 1 then first_wrong = status .. " " .. body:sub(1, 300) end
end

function done(summary)
  local file = assert(io.open(plan.result, "w"))
  local errors = summary.errors
  file:write(worker:get("right"), "\n", worker:get("wrong"), "\n")
  file:write(string.format("%.6f\n", worker:get("ended") - worker:get("began")))
  file:write(errors.connect + errors.read + errors.write + errors.timeout, "\n")
  file:write((worker:get("first_wrong"):gsub("%s+", " ")), "\n")
  file:close()
end
