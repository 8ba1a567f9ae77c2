// Made-up traffic that the micro-benchmarks read: that of scripts/bench, smaller.
#ifndef SOCKLOG_BENCH_MICRO_SAMPLE_H_
#define SOCKLOG_BENCH_MICRO_SAMPLE_H_

#include <cstdint>
#include <memory>
#include <string>

#include "generate/traffic.h"
#include "socklog/log_entry.h"

namespace socklog {

// 20,000 URLs, 50,000 users and clients, 10,000 requests for each second of log time. Never ends.
std::unique_ptr<Traffic> SampleTraffic();

// The first `lines` of it in a format that generate can write.
std::unique_ptr<Block> SampleBlock(const std::string& log_format, std::uint64_t lines);

}  // namespace socklog

#endif  // SOCKLOG_BENCH_MICRO_SAMPLE_H_
