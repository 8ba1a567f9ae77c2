#include "format/scan/kernel.h"

#include <cstring>

#include "format/scan/kernel_list.h"

namespace socklog {
namespace {

// Whether the stamp has all its parts, a numeric zone among them: then the next one differs in minutes and seconds
// only.
bool IsWhole(const StampShape& shape, std::string_view stamp) {
  if (stamp.size() != shape.size) return false;
  for (std::size_t i = shape.minutes; i < stamp.size(); ++i) {
    const char like = shape.example[i];
    const bool fits = like == '0'   ? stamp[i] >= '0' && stamp[i] <= '9'
                      : like == '+' ? stamp[i] == '+' || stamp[i] == '-'
                                    : stamp[i] == like;
    if (!fits) return false;
  }
  return true;
}

void Remember(const StampShape& shape, std::string_view stamp, Micros time, StampCache* cache) {
  const char* digits = stamp.data() + shape.minutes;
  const auto number = [](const char* p) { return 10 * (p[0] - '0') + (p[1] - '0'); };
  const Micros hour = time - number(digits) * kMinute - number(digits + 3) * kSecond;
  if (!IsLogTime(hour) || !IsLogTime(hour + kHour)) return;
  std::memcpy(cache->key, stamp.data(), stamp.size());
  cache->hour = hour;
}

}  // namespace

StampCache MakeStampCache(const StampShape& shape) {
  StampCache cache;
  if (shape.size == 0) return cache;
  std::memcpy(cache.key, shape.example, shape.size);
  std::memset(cache.mask, 0xFF, shape.size);
  for (const int i : {0, 1, 3, 4}) cache.mask[shape.minutes + i] = 0;
  return cache;
}

const char* ReadNewStamp(const ScanStep& step, const char* text, const char* limit, ScanJob* job) {
  const ScanPlan& plan = *job->plan;
  const StampShape& shape = plan.stamp;
  if (text > limit) return nullptr;
  const std::string_view rest(text, static_cast<std::size_t>(limit - text));
  std::string_view stamp = rest.substr(0, shape.size);
  const bool whole = IsWhole(shape, stamp);
  if (!whole) {
    if (step.stop == '\0') return nullptr;
    const std::size_t end = rest.find(step.stop);
    if (end == std::string_view::npos) return nullptr;
    stamp = rest.substr(0, end);
  }
  if (!HasShape(step.shape, stamp)) return nullptr;
  if (!plan.uses_builder) job->builder->Begin(plan.escape, job->entry, job->batch);
  if (!SetRules(step, stamp, job->builder)) return nullptr;
  if (whole) Remember(shape, stamp, job->entry->time, &job->stamp);
  return stamp.data() + stamp.size();
}

bool SetRules(const ScanStep& step, std::string_view value, EntryBuilder* builder) {
  for (const FieldRule& rule : step.rules) {
    if (builder->Set(rule, value) != nullptr) return false;
  }
  return true;
}

std::vector<const ScanKernel*> ScanKernels() {
  std::vector<const ScanKernel*> kernels;
#if defined(__x86_64__)
  const bool avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") && __builtin_cpu_supports("bmi2") &&
                    __builtin_cpu_supports("popcnt");
  if (avx2 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
      __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512vbmi2")) {
    kernels.push_back(&kScanAvx512);
  }
  if (avx2) kernels.push_back(&kScanAvx2);
  kernels.push_back(&kScanSse2);
#elif defined(__aarch64__)
  kernels.push_back(&kScanNeon);
#endif
  kernels.push_back(&kScanNone);
  return kernels;
}

const ScanKernel& BestScanKernel() {
  static const ScanKernel* const best = ScanKernels().front();
  return *best;
}

}  // namespace socklog
