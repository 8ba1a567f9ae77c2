// The scanner: how lines of a text format are read many bytes at a time.
//
//   stage 1   a chunk of 16 KiB, 64 bytes at a time: where are the marks, which are quotes, newlines and backslashes?
//
//     192.0.2.1 - ann [05/Jan/2026:00:00:00 +0000] "GET /a HTTP/1.1" 200 5 "-" "curl/8"\n
//                                                  ^               ^       ^ ^ ^      ^ ^
//   stage 2   each line by the steps of its format's plan. Where the marks are quotes up to the newline, the k-th of
//             them is the k-th quote of the format, so a quoted value is found without looking at it; only what lies
//             between is taken apart.
//
//     |client|b|skip|b|user| [ |stamp        | ] " |request       | " |status| |bytes| " |skip| " " |skip| "
//
// A line that does not fit is left to the parser that the format's regular expressions define.
//
// Included by one source for each instruction set, which gives `Simd`. Nothing here may be visible to other sources,
// or the linker might choose code for one processor where another is needed: hence everything is in unnamed namespaces,
// and nothing of the standard library is used that a compiler would not inline.
#ifndef SOCKLOG_FORMAT_SCAN_LINES_H_
#define SOCKLOG_FORMAT_SCAN_LINES_H_

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "format/family_names.h"
#include "format/request_line.h"
#include "format/scan/kernel.h"
#include "format/scan/values.h"

namespace socklog {
namespace {

// Finds blanks one after the other; looks at 64 bytes once for all blanks in them.
template <typename Simd>
class Blanks {
 public:
  // The first blank from `p` on and before `limit`, or nullptr.
  const char* Next(const char* p, const char* limit) {
    const auto at = reinterpret_cast<std::uintptr_t>(p) - reinterpret_cast<std::uintptr_t>(base_);
    std::uint64_t left = at < 64 ? blanks_ >> at : 0;
    if (left == 0) {
      for (;; p += 64) {
        if (p >= limit) return nullptr;
        blanks_ = left = Simd::Equal(p, ' ');
        base_ = p;
        if (left != 0) break;
      }
    }
    const char* found = p + __builtin_ctzll(left);
    return found < limit ? found : nullptr;
  }

 private:
  const char* base_ = nullptr;  // of the 64 bytes that blanks_ tells of
  std::uint64_t blanks_ = 0;
};

// Stage 2.
template <typename Simd>
class LineScanner {
 public:
  static bool Scan(ScanJob* job) {
    // Those of a line that did not fit.
    while (job->line_start < job->chunk_size && *job->mark < job->line_start) ++job->mark;
    LineScanner scanner(job);
    while (job->entry != job->entries_end && job->line_start < job->chunk_size) {
      if (!scanner.Read()) return false;
      job->mark = scanner.next_mark_;
      FinishLine(scanner.newline_, job);
    }
    return true;
  }

 private:
  explicit LineScanner(ScanJob* job) : plan_(*job->plan), job_(*job) {}

  // The job's line.
  bool Read() {
    entry_ = job_.entry;
    *entry_ = kNoEntry;
    p_ = job_.chunk + job_.line_start;
    quote_ = job_.mark;
    return (plan_.is_family && ReadUsualFamilyLine()) || ReadBySteps();
  }

  // At first as if all marks up to the newline were quotes, which is nearly always true. Where one is not, the line is
  // refused: no value reaches beyond the next mark, and the format's quotes are compared with what is there.
  bool ReadBySteps() {
    const char* const start = p_;
    const std::uint16_t* const newline = job_.mark + plan_.quotes;
    bool collected = job_.chunk[*newline] != '\n';
    if (!collected) FoundNewline(newline);
    while (true) {
      if (collected && !CollectQuotes()) return false;
      if (TakeSteps()) return true;
      Restart(start);
      if (collected || AreQuotes(job_.mark, newline)) return false;
      collected = true;
    }
  }

  bool AreQuotes(const std::uint16_t* mark, const std::uint16_t* end) const {
    while (mark != end && job_.chunk[*mark] == '"') ++mark;
    return mark == end;
  }

  bool TakeSteps() {
    end_ = TrimmedEnd(p_, job_.chunk + newline_);
    if ((*p_ == '\xEF') | (newline_ == job_.line_start)) return false;  // a byte order mark, or nothing
    if (plan_.uses_builder) job_.builder->Begin(plan_.escape, entry_, job_.batch);
    const ScanStep* const core = plan_.core == ScanPlan::kNoCore ? nullptr : job_.steps + plan_.core;
    for (const ScanStep* step = job_.steps; step != job_.steps_end; ++step) {
      const char* value_end = nullptr;
      if (step->skip == ScanSkip::kQuoted) {
        value_end = NextQuote();
        if (*quote_ >= newline_) return false;
      } else if (step->skip == ScanSkip::kLastWord) {
        value_end = end_;
        if (p_ > end_ || FindByte(p_, ' ', end_) != nullptr) return false;
      } else if (step == core && TakeCore(step, &value_end)) {
        step += plan_.core_steps() - 1;
      } else if (step->field == ScanField::kMayEnd && p_ == end_) {
        return Finish();
      } else if (!FindEnd(*step, &value_end) || !TakeValue(*step, &value_end)) {
        return false;
      }
      if (((Load64(value_end) ^ step->literal) & step->literal_mask) != 0) return false;
      p_ = value_end + step->literal_size;
      quote_ += step->literal_quotes;
    }
    return p_ == end_ && Finish();
  }

  bool Finish() const { return !plan_.uses_builder || job_.builder->Finish() == nullptr; }

  // Sets quote_ and newline_; false if there are escapes, or not as many quotes as in the format. Those after the last
  // one that can be wanted are left out.
  [[gnu::noinline]] bool CollectQuotes() {
    std::uint16_t* quote = job_.quotes;
    const std::uint16_t* mark = job_.mark;
    for (; job_.chunk[*mark] != '\n'; ++mark) {
      if (job_.chunk[*mark] == '\\') {
        if (plan_.escape != Escape::kNone) return false;
      } else if (quote != job_.quotes + ScanJob::kMostQuotes) {
        *quote++ = *mark;
      }
    }
    FoundNewline(mark);
    *quote = static_cast<std::uint16_t>(newline_);
    quote_ = job_.quotes;
    const std::ptrdiff_t more = quote - quote_ - plan_.quotes;
    return plan_.exact_quotes ? more == 0 : more >= 0;
  }

  void FoundNewline(const std::uint16_t* mark) {
    newline_ = *mark;
    next_mark_ = mark + 1;
  }

  static bool StartsWith(const char* p, const char (&literal)[3]) { return std::memcmp(p, literal, 2) == 0; }
  // GCC 12 would call memcmp.
  static bool StartsWith(const char* p, const char (&literal)[4]) {
    return ((Load32(p) ^ Load32(literal)) & 0xFFFFFF) == 0;
  }

  // %h %l %u %t "%r" %>s %b as they nearly always are, and a host before them, from p_ on and without steps: what they
  // say is known here. False: it is another line, of which some values may have been set; the steps set all again. What
  // is at quote_ are marks of any kind.
  [[gnu::always_inline]] bool ReadCore(const ScanStep& stamp, const char** value_end) {
    constexpr std::ptrdiff_t kStampAndAround = 29;  // [17/May/2015:10:05:03 +0000] "
    const char* const start = p_;
    const char* const quote = job_.chunk + quote_[0];
    const char* const bracket = quote - kStampAndAround;
    const std::ptrdiff_t names_size = bracket - start;
    if (names_size < 6 || names_size > 64 || *bracket != '[' || !StartsWith(quote - 2, "] \"")) return false;
    const char* const request_end = job_.chunk + quote_[1];
    if (!StartsWith(request_end, "\" ")) return false;
    if (!SetUsualNames(start, names_size) && !SetFamilyNames(bracket)) return false;
    p_ = bracket + 1;
    if (!TakeStamp(stamp, quote, value_end) || *value_end != quote - 2) return false;
    p_ = quote + 1;
    if ((plan_.fields & (kFieldTarget | kFieldProtocol)) != 0) TakeRequest(request_end);
    p_ = request_end + 2;
    if (!TakeStatus(value_end) || **value_end != ' ') return false;
    p_ = *value_end + 1;
    return TakeNumber(value_end, (plan_.fields & kFieldBytes) != 0);
  }

  // A line of the family: the core, and behind it nothing, or referer and agent.
  bool ReadUsualFamilyLine() {
    const char* const start = p_;
    const char* const chunk = job_.chunk;
    const std::uint16_t* const mark = job_.mark;
    const char* value_end = nullptr;
    if (*start == '\xEF' || !ReadCore(job_.steps[1], &value_end)) return Restart(start);
    const char* tail = value_end;
    const std::uint16_t* newline = mark + 2;
    if (chunk + mark[2] == value_end + 1 && StartsWith(value_end, " \"")) {
      if (!StartsWith(chunk + mark[3], "\" \"") || chunk[mark[5]] != '"') return Restart(start);
      tail = chunk + mark[5] + 1;
      newline = mark + 6;
      if (*tail == ' ') {  // more may follow
        while (chunk[*newline] == '"') ++newline;
        tail = chunk + *newline;
      }
    }
    if (chunk[*newline] != '\n' || TrimmedEnd(tail, chunk + *newline) != tail) return Restart(start);
    FoundNewline(newline);
    return true;
  }

  // The steps from `step` on at once; false if they have to be taken one by one.
  bool TakeCore(const ScanStep* step, const char** value_end) {
    const char* const start = p_;
    if (ReadCore(step[plan_.core_stamp()], value_end)) {
      quote_ += 2;
      return true;
    }
    p_ = start;
    entry_->plain_user = entry_->plain_client = entry_->plain_host = false;
    entry_->path_size = 0;
    return false;
  }

  bool Restart(const char* start) {
    p_ = start;
    *entry_ = kNoEntry;
    return false;
  }

  // "client identity user ", or "host client identity user ".
  bool SetUsualNames(const char* start, std::ptrdiff_t size) {
    const std::uint64_t inside = ~std::uint64_t{0} >> (64 - size);
    std::uint64_t blanks = Simd::Equal(start, ' ') & inside;
    if ((blanks & (blanks << 1 | 1)) != 0) return false;  // an empty word
    const char* client = start;
    if (plan_.core_has_host) {
      if (blanks == 0) return false;
      client += __builtin_ctzll(blanks) + 1;
      blanks &= blanks - 1;
    }
    const std::uint64_t last_two = blanks & (blanks - 1);
    const std::uint64_t last = last_two & (last_two - 1);
    if (last != inside - (inside >> 1)) return false;
    const char* const client_end = start + __builtin_ctzll(blanks);
    const char* const identity_end = start + __builtin_ctzll(last_two);
    const bool plain = (Simd::Odd(start) & inside) == 0;
    if (client != start && (plan_.fields & kFieldHost) != 0) {
      entry_->host = Host<Simd>(start, client - 1);
      entry_->plain_host = plain;
    }
    if ((plan_.fields & kFieldClient) != 0) {
      const unsigned colons = Colons<Simd>(client, client_end);
      entry_->client = Client(client, client_end, colons);
      entry_->plain_client = plain && colons == 0;
    }
    if ((plan_.fields & kFieldUser) != 0) {
      entry_->user = Text(identity_end + 1, start + size - 1);
      entry_->plain_user = plain;
    }
    return true;
  }

  // Those of the family that are not the usual ones, from p_ to the bracket.
  bool SetFamilyNames(const char* bracket) {
    const char* end = nullptr;
    return plan_.is_family && TakeNames(bracket, &end) && end == bracket;
  }

  const char* NextQuote() const { return job_.chunk + *quote_; }
  // No value reaches beyond it.
  const char* Limit() const { return *quote_ < newline_ && NextQuote() < end_ ? NextQuote() : end_; }

  bool FindEnd(const ScanStep& step, const char** value_end) {
    switch (step.extent) {
      case ScanExtent::kNone:
      case ScanExtent::kOwn:
        *value_end = p_;
        return true;
      case ScanExtent::kBlank:
        *value_end = blanks_.Next(p_, Limit());
        return *value_end != nullptr;
      case ScanExtent::kByte:
        *value_end = FindByte(p_, step.stop, Limit());
        return *value_end != nullptr;
      case ScanExtent::kQuote:
        *value_end = NextQuote();
        return *quote_ < newline_;
      case ScanExtent::kEnd:
        *value_end = end_;
        return p_ <= end_;
      case ScanExtent::kFixed:
        *value_end = p_ + step.fixed_size;
        return Limit() - p_ >= step.fixed_size;
    }
    return false;
  }

  static const char* FindByte(const char* p, char c, const char* limit) {
    for (; p < limit; p += 64) {
      const std::uint64_t found = Simd::Equal(p, c);
      if (found == 0) continue;
      p += __builtin_ctzll(found);
      return p < limit ? p : nullptr;
    }
    return nullptr;
  }

  bool TakeValue(const ScanStep& step, const char** value_end) {
    if (step.shape == ScanShape::kNoBlank) {
      if (FindByte(p_, ' ', *value_end) != nullptr) return false;
    } else if (step.shape != ScanShape::kAny && step.field != ScanField::kStamp) {
      if (!HasShape(step.shape, View(p_, *value_end))) return false;
    }
    switch (step.field) {
      case ScanField::kSkip:
      case ScanField::kMayEnd:
        return true;
      case ScanField::kText:
        entry_->*step.text = Text(p_, *value_end);
        return true;
      case ScanField::kClient:
        entry_->client = Client(p_, *value_end, Colons<Simd>(p_, *value_end));
        return true;
      case ScanField::kHost:
        SetHost(p_, *value_end);
        return true;
      case ScanField::kRequest:
        TakeRequest(*value_end);
        return true;
      case ScanField::kStatus:
        return TakeStatus(value_end);
      case ScanField::kNumber:
        return TakeNumber(value_end, false);
      case ScanField::kBytes:
        return TakeNumber(value_end, true);
      case ScanField::kStamp:
        return TakeStamp(step, Limit(), value_end);
      case ScanField::kRules:
        return SetRules(step, View(p_, *value_end), job_.builder);
      case ScanField::kNames:
        return TakeNames(Limit(), value_end);
      case ScanField::kMayExtra:
        if (p_ != end_ && *p_ != ' ') return false;
        *value_end = end_;
        return true;
    }
    return false;
  }

  void TakeRequest(const char* end) {
    RequestLine usual;
    if (ReadUsualRequest<Simd>(p_, end, &usual)) {
      entry_->path_size = PathSize<Simd>(usual.target.data(), usual.target.data() + usual.target.size());
      SetRequest(usual.method, usual.target, usual.protocol);
      return;
    }
    RequestLine request;
    entry_->request_valid = ParseRequestLine(View(p_, end), &request);
    SetRequest(request.method, request.target, request.protocol);
  }

  void SetRequest(std::string_view method, std::string_view target, std::string_view protocol) {
    if ((plan_.fields & kFieldTarget) != 0) {
      entry_->method = method;
      entry_->target = target;
    }
    if ((plan_.fields & kFieldProtocol) != 0) entry_->protocol = protocol;
  }

  // A fourth digit is no start of what follows.
  bool TakeStatus(const char** value_end) {
    *value_end = p_ + 3;
    return ReadStatus(p_, &entry_->status);
  }

  // Without a branch on whether there is a number, which can hardly be predicted.
  bool TakeNumber(const char** value_end, bool keep) {
    const unsigned digits = Simd::DigitRun(p_);
    const bool dash = (digits == 0) & (*p_ == '-') & !IsDigitByte(p_[1]);
    *value_end = p_ + digits + (dash ? 1 : 0);
    if (keep) entry_->bytes = NumberOf(p_ + digits, digits);
    return ((digits != 0) | dash) & (digits != 16);
  }

  bool TakeStamp(const ScanStep& step, const char* limit, const char** value_end) {
    if (!ReadSameStamp<Simd>(p_, plan_.stamp, job_.stamp, &entry_->time)) {
      *value_end = ReadNewStamp(step, p_, limit, &job_);
      return *value_end != nullptr;
    }
    entry_->time_is_end = step.at_end;
    *value_end = p_ + plan_.stamp.size;
    return true;
  }

  // "client identity user " or "host client identity user ", and what real logs make of it.
  bool TakeNames(const char* limit, const char** value_end) {
    const char* ends[3];
    const char* begin = p_;
    for (const char*& word_end : ends) {
      word_end = blanks_.Next(begin, limit);
      if (word_end == nullptr || word_end == begin) return false;
      begin = word_end + 1;
    }
    const bool four = *begin != '[';
    const char* last = ends[2];
    if (four) {
      last = blanks_.Next(begin, limit);
      if (last == nullptr || last == begin) return false;
    }
    *value_end = last + 1;
    constexpr std::uint32_t kNames = kFieldHost | kFieldClient | kFieldUser;
    if ((plan_.fields & kNames) == 0) return true;
    if (!four) {
      SetClientAndUser(p_, ends[0], ends[1] + 1, last);
      return true;
    }
    const FamilyNames names = TellFamilyNames(View(p_, ends[0]), View(ends[0] + 1, ends[1]), View(ends[1] + 1, last));
    SetClientAndUser(Begin(names.client), End(names.client), Begin(names.user), End(names.user));
    if ((plan_.fields & kFieldHost) != 0 && !names.host.empty()) SetHost(Begin(names.host), End(names.host));
    return true;
  }

  static const char* Begin(std::string_view text) { return text.data(); }
  static const char* End(std::string_view text) { return text.data() + text.size(); }

  void SetHost(const char* begin, const char* end) {
    entry_->host = Host<Simd>(begin, end);
    entry_->plain_host = IsPlain<Simd>(begin, end);
  }

  void SetClientAndUser(const char* client, const char* client_end, const char* user, const char* user_end) {
    if ((plan_.fields & kFieldClient) != 0)
      entry_->client = Client(client, client_end, Colons<Simd>(client, client_end));
    if ((plan_.fields & kFieldUser) != 0) entry_->user = Text(user, user_end);
  }

  const ScanPlan& plan_;
  ScanJob& job_;
  LogEntry* entry_ = nullptr;
  const char* p_ = nullptr;  // behind what was read
  const char* end_ = nullptr;
  std::uint32_t newline_ = 0;
  const std::uint16_t* quote_ = nullptr;      // the next one
  const std::uint16_t* next_mark_ = nullptr;  // behind the line
  Blanks<Simd> blanks_;
};

}  // namespace
}  // namespace socklog

#endif  // SOCKLOG_FORMAT_SCAN_LINES_H_
