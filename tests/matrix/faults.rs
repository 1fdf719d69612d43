//! What may go wrong with an answer, and what must become of a call then.

/// A name, the actions of the fault script, and the outcomes of five groups of calls: those that
/// store (put, part, upload), get, download, those that read a document (list, copy, queue),
/// complete. `A/B` is A where the fault comes once, B where it comes for ever; `A|B` is either.
///
/// A get is not sent again once its body has begun, and a complete only where it was turned away.
/// An answer to what stores has no body that could be damaged.
#[rustfmt::skip]
pub(crate) const FAULTS: &[(&str, &str, &str)] = &[
    ("delay", "delay=50", "ok ok ok ok ok"),
    ("delay, too long", "delay=30000", "ok/Timeout ok/Timeout ok/Timeout ok/Timeout Timeout"),
    ("stall", "stall", "ok/Timeout ok/Timeout ok/Timeout ok/Timeout Timeout"),
    ("stall in the body", "stall=half", "ok Timeout ok/Timeout ok/Timeout Timeout"),
    ("trickle", "rate=20", "ok Timeout Timeout Timeout Timeout"),
    ("slow head", "slow-head=20", "Timeout Timeout Timeout Timeout Timeout"),
    ("cut before", "close", "ok/Transport ok/Transport ok/Transport ok/Transport Transport"),
    ("cut in the head", "raw=HTTP/1.1%20200%20OK%0D%0AContent-Le", "ok/Transport ok/Transport ok/Transport ok/Transport Transport"),
    ("cut at the body", "cut=0", "ok Transport ok/Transport ok/Transport Transport"),
    ("cut in the body", "cut=half", "ok Transport ok/Transport ok/Transport Transport"),
    ("cut after", "cut=-0", "ok ok ok ok ok"),
    ("answer lost", "drop-answer", "ok/Transport ok/Transport ok/Transport ok/Transport Transport"),
    ("reset before", "reset", "ok/Transport ok/Transport ok/Transport ok/Transport Transport"),
    ("reset in the request", "upload=1000 reset", "ok/Transport ok/Transport ok/Transport ok/Transport Transport"),
    // A reset may take what came before it along.
    ("reset in the body", "reset=half", "ok/ok|Transport Transport ok/Transport ok/Transport Transport"),
    ("reset after", "reset=-0", "ok/ok|Transport ok|Transport ok/ok|Transport ok/ok|Transport ok|Transport"),
    ("500", "status=500", "ok/Service ok/Service ok/Service ok/Service Service"),
    ("502 of a gateway", "status=502 body=%3Chtml%3E%3Cp no-request-id", "ok/Service ok/Service ok/Service ok/Service Service"),
    ("503", "status=503", "ok/Throttled ok/Throttled ok/Throttled ok/Throttled ok/Throttled"),
    ("503, Retry-After 1", "status=503 retry-after=1", "ok/Throttled ok/Throttled ok/Throttled ok/Throttled ok/Throttled"),
    ("503, Retry-After 60", "status=503 retry-after=60", "Throttled Throttled Throttled Throttled Throttled"),
    ("RequestTimeout", "status=400 code=RequestTimeout", "ok/Service ok/Service ok/Service ok/Service Service"),
    ("403 early, held", "early=403", "Denied Denied Denied Denied Denied"),
    ("403 early, closed", "early-close=403", "Denied Denied Denied Denied Denied"),
    ("403 early, reset", "early-reset=403", "Denied|Transport|ok Denied|Transport|ok Denied|Transport|ok Denied|Transport|ok Denied|Transport"),
    ("garbage", "raw=%16%03%01%00%02oh%0D%0A%0D%0A", "Protocol Protocol Protocol Protocol Protocol"),
    ("garbage, no line", "raw=%00%FF%00%FF%00%FF", "Protocol Protocol Protocol Protocol Protocol"),
    ("another protocol", "raw=SSH-2.0-OpenSSH_9.6%0D%0A", "Protocol Protocol Protocol Protocol Protocol"),
    ("huge head", "huge-headers=200000", "Protocol Protocol Protocol Protocol Protocol"),
    // More than is read, and slow to come from an emulator that is built for debugging.
    ("huge XML", "huge-xml=18000000", "ok ok ok ok|Protocol|Timeout/Protocol|Timeout Protocol|Timeout"),
    ("deep XML", "deep-xml=100000", "ok ok ok ok|Protocol ok|Protocol"),
    ("huge XML of an error", "status=500 huge-xml=2000000", "ok/Service ok/Service ok/Service ok/Service Service"),
    ("deep XML of an error", "status=500 deep-xml=100000", "ok/Service ok/Service ok/Service ok/Service Service"),
    ("half an XML", "truncate-xml", "ok ok ok ok|Protocol/Protocol Protocol"),
    // Chunked coding counts more than a length; some of the documents have it.
    ("two Content-Length", "add-header=Content-Length:7", "Protocol Protocol Protocol ok|Protocol ok|Protocol"),
    ("two ETag", "add-header=ETag:%22another%22", "ok ok ok ok ok"),
    ("two CRC64", "add-header=x-cos-hash-crc64ecma:7", "ok ok ok ok ok"),
    ("HTTP/1.0", "http-1.0", "ok ok ok ok ok"),
    ("chunked", "chunked", "ok ok ok ok ok"),
    ("length too long", "length=5", "ok/Timeout Timeout Protocol ok/Timeout Timeout"),
    ("length too short", "length=-5", "ok Integrity Protocol Protocol Protocol"),
    // A document without a sum of its own may have any in its head. So may a range: that of the
    // object comes from a HEAD.
    ("wrong CRC64", "wrong-crc", "ok/Integrity Integrity ok ok/ok|Integrity ok"),
    ("wrong byte", "flip=3", "ok Integrity Integrity ok|Protocol ok|Protocol"),
    ("error in a 200", "error-200=InternalError", "ok|Protocol/Service|Protocol unverified ok/Protocol ok/Service Service"),
    ("empty 200", "refused-empty-200", "Protocol unverified ok/Protocol ok/Protocol Protocol"),
    ("redirect", "status=307", "Protocol Protocol Protocol Protocol Protocol"),
    ("redirect of a gateway", "status=302 header=Location:http://127.0.0.1:1/ no-request-id", "ok/Protocol ok/Protocol ok/Protocol ok/Protocol ok/Protocol"),
    // The time is learned and then refused, for it is not that of the emulator.
    ("clock skew", "skew=7200", "Denied Denied Denied Denied Denied"),
];
