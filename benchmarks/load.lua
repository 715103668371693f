-- Given to wrk: posts the bodies of a file, one a line, in turn, and ends with a line of JSON.
-- wrk ... -s load.lua URL -- FILE

local bodies, last = {}, 0

function init(arguments)
   for line in io.lines(arguments[1]) do
      bodies[#bodies + 1] = line
   end
   wrk.method = "POST"
   wrk.headers["Content-Type"] = "application/json"
end

function request()
   last = last % #bodies + 1
   return wrk.format(nil, nil, nil, bodies[last])
end

-- Times are in microseconds, as wrk has them.
function done(summary, latency)
   local errors = summary.errors
   local failed = errors.connect + errors.read + errors.write + errors.status + errors.timeout
   io.write(string.format(
      '\n{"requests":%d,"failed":%d,"us":%d,"p50":%d,"p90":%d,"p99":%d,"max":%d}\n',
      summary.requests, failed, summary.duration,
      latency:percentile(50), latency:percentile(90), latency:percentile(99), latency.max))
end
