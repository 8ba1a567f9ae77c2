#include "format/scan/kernel.h"

#include "format/scan/kernel_list.h"

namespace socklog {

const char* ReadNewStamp(const ScanStep& step, const char* text, const char* limit, ScanJob* job) {
  const ScanPlan& plan = *job->plan;
  const StampShape& shape = plan.stamp;
  if (text > limit) return nullptr;
  const std::string_view rest(text, static_cast<std::size_t>(limit - text));
  std::string_view stamp = rest.substr(0, shape.size);
  const bool whole = HasStampShape(shape, stamp);
  if (!whole) {
    if (step.stop == '\0') return nullptr;
    const std::size_t end = rest.find(step.stop);
    if (end == std::string_view::npos) return nullptr;
    stamp = rest.substr(0, end);
  }
  if (!HasShape(step.shape, stamp)) return nullptr;
  if (!plan.uses_builder) job->builder->Begin(plan.escape, job->entry, job->batch);
  if (!SetRules(step, stamp, job->builder)) return nullptr;
  if (whole) RememberStamp(shape, stamp, job->entry->time, &job->stamp);
  return stamp.data() + stamp.size();
}

bool SetRules(const ScanStep& step, std::string_view value, EntryBuilder* builder) {
  for (const FieldRule& rule : step.rules) {
    if (builder->Set(rule, value) != nullptr) return false;
  }
  return true;
}

bool SetJsonField(const JsonField& field, std::string_view value, JsonShape* shape, ScanJob* job) {
  if (!shape->uses_builder) job->builder->Begin(Escape::kNone, job->entry, job->batch);
  if (job->builder->Set(*field.rule, value) != nullptr) return false;
  if (field.rule->field == Field::kDuration && job->entry->duration < 0) return false;  // EntryBuilder::Finish decides
  if (field.target == JsonTarget::kStamp)
    RememberZonedStamp(shape->stamp, value, job->entry->time, &shape->cache, &shape->zone);
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
