-- What wrk needs for a trigger with an idempotency key of its own: the floor of what a client can cost.
-- wrk -t1 -c64 -d10s -s trigger.lua URL/api/v1/tasks/bench/trigger
local number = 0
local nonce
local headers = { ["authorization"] = "Bearer tr_prod_t0", ["content-type"] = "application/json" }

function init(_)
  nonce = string.format("%x-%s", os.time(), tostring({}):sub(8))
end

function request()
  number = number + 1
  local body = '{"payload":{"customer":' .. number .. ',"plan":"pro","note":"a short text that stands for what a small ' ..
    'event carries"},"options":{"idempotencyKey":"' .. nonce .. "-" .. number .. '"}}'
  return wrk.format("POST", nil, headers, body)
end

function done(summary, latency, _)
  local errors = summary.errors
  print(string.format('{"units":%d,"wall_s":%.6f,"p50_ms":%.3f,"p99_ms":%.3f,"errors":%d}', summary.requests,
    summary.duration / 1e6, latency:percentile(50) / 1e3, latency:percentile(99) / 1e3,
    errors.connect + errors.read + errors.write + errors.status + errors.timeout))
end
