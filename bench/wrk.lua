-- Spreads the threads over the addresses in ADDRESSES ("port,port") and prints one line of numbers for bench/clients.py.

local ports = {}
for port in string.gmatch(os.getenv("ADDRESSES"), "%d+") do
  ports[#ports + 1] = port
end
-- Where PAGES names a file of paths, these in turn instead of the one in the command.
local pages, asked = {}, 0
if os.getenv("PAGES") then
  for page in io.lines(os.getenv("PAGES")) do
    pages[#pages + 1] = page
  end
  request = function()
    asked = asked + 1
    return wrk.format("GET", pages[asked % #pages + 1])
  end
end
local threads = 0

function setup(thread)
  threads = threads + 1
  local port = ports[(threads - 1) % #ports + 1]
  thread.addr = wrk.lookup("127.0.0.1", port)[1]
end

function done(summary, latency, requests)
  local errors = summary.errors
  local failed = errors.connect + errors.read + errors.write + errors.status + errors.timeout
  print(string.format("RESULT %d %f %f %f %d", summary.requests, summary.duration / 1e6,
    latency:percentile(50) / 1e3, latency:percentile(99) / 1e3, failed))
end
