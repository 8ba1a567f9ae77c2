#include "support/window_model.h"

#include <algorithm>
#include <cmath>

#include "support/padded.h"

namespace socklog::testing {
namespace {

// Windows start and end at whole seconds.
std::string Seconds(Micros time) { return std::to_string(time / kSecond); }

std::string CellText(const Cell& cell) { return std::to_string(cell.requests) + "/" + std::to_string(cell.errors); }

// `keys`: by key, so that the order does not matter.
std::string Text(Micros start, Micros end, std::uint64_t windows, const Cell& total,
                 const std::array<std::map<std::string, Cell>, kDimensionCount>& keys) {
  std::string text = "[" + Seconds(start) + "," + Seconds(end) + ")";
  if (windows != 1) text += " x" + std::to_string(windows);
  text += " " + CellText(total);
  for (std::size_t d = 0; d < kDimensionCount; ++d) {
    if (keys[d].empty()) continue;
    text += " " + std::string(kDimensionNames[d]) + ":";
    for (const auto& [key, cell] : keys[d]) text += " " + key + "=" + CellText(cell);
  }
  return text;
}

Micros FloorTo(Micros time, Micros step) {
  return static_cast<Micros>(std::floor(static_cast<long double>(time) / static_cast<long double>(step))) * step;
}

}  // namespace

Request ModelLine::AsRequest() const {
  Request request;
  request.time = time;
  request.ignored = ignored;
  request.slow_path = slow_path;
  std::uint8_t bit = 1;
  for (const std::uint64_t count :
       {cell.errors, cell.server_errors, cell.throttled, cell.auth_failures, cell.not_found}) {
    if (count > 0) request.outcome = static_cast<std::uint8_t>(request.outcome | bit);
    bit = static_cast<std::uint8_t>(bit << 1);
  }
  for (std::size_t i = 0; i < kKeyedDimensionCount; ++i) {
    const std::string_view key = Padded(keys[i + 1]);
    request.keys[i] = {key.data(), static_cast<std::uint32_t>(key.size()), Hash64(key, RandomSeed())};
  }
  return request;
}

ModelLine LineAt(double seconds, const std::string& url, int status) {
  ModelLine line;
  line.time = std::llround(seconds * 1e6);
  line.cell.requests = 1;
  line.cell.errors = status >= 400 ? 1 : 0;
  line.keys[static_cast<std::size_t>(Dimension::kUrl)] = url;
  return line;
}

ModelLine MalformedLineAt() {
  ModelLine line;
  line.malformed = true;
  return line;
}

Lines EverySecond(int first, int last) {
  Lines lines;
  for (int second = first; second <= last; ++second) lines.push_back(LineAt(second));
  return lines;
}

Lines operator+(Lines a, const Lines& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

std::string WindowText(const WindowReport& report) {
  std::array<std::map<std::string, Cell>, kDimensionCount> keys;
  for (std::size_t d = 0; d < kDimensionCount; ++d) {
    for (const KeyedCell& keyed : report.dimensions[d].keys) keys[d][std::string(keyed.key)] += keyed.cell;
  }
  return Text(report.start, report.end, report.windows, report.total, keys);
}

std::string CountersText(const LineCounters& counters) {
  return "malformed " + std::to_string(counters.malformed) + ", counted " + std::to_string(counters.counted) +
         ", late " + std::to_string(counters.late) + ", ahead " + std::to_string(counters.ahead) + ", ignored " +
         std::to_string(counters.ignored) + ", outside " + std::to_string(counters.outside) + ", late_after_idle " +
         std::to_string(counters.late_after_idle);
}

void WindowModel::AddPartition(const std::vector<ModelLine>& lines) {
  Partition partition;
  for (const ModelLine& line : lines) {
    if (line.malformed) {
      ++counters_.malformed;
      continue;
    }
    if (line.slow_path) ++counters_.slow_path;
    if ((shape_.since && line.time < *shape_.since) || (shape_.until && line.time >= *shape_.until)) {
      ++counters_.outside;
    } else if (!partition.maximum) {
      partition.first.push_back(&line);
      if (partition.first.size() == 16) Begin(&partition);
    } else {
      Offer(line, &partition);
    }
  }
  if (!partition.first.empty()) Begin(&partition);
  TakeHeld(&partition);
}

void WindowModel::Begin(Partition* partition) {
  partition->maximum = partition->first.front()->time;
  for (const ModelLine* line : partition->first) partition->maximum = std::min(*partition->maximum, line->time);
  for (const ModelLine* line : std::exchange(partition->first, {})) Offer(*line, partition);
}

void WindowModel::Offer(const ModelLine& line, Partition* partition) {
  if (line.time > *partition->maximum + shape_.options.max_ahead) {
    partition->held.push_back(&line);
    if (partition->held.size() == 16) TakeHeld(partition);
    return;
  }
  if (line.time >= *partition->maximum) {
    counters_.ahead += partition->held.size();
    partition->held.clear();
  }
  Take(line, partition);
}

void WindowModel::TakeHeld(Partition* partition) {
  for (const ModelLine* line : std::exchange(partition->held, {})) Take(*line, partition);
}

void WindowModel::Take(const ModelLine& line, Partition* partition) {
  if (line.time < *partition->maximum - shape_.options.lateness) {
    ++counters_.late;
    return;
  }
  partition->maximum = std::max(*partition->maximum, line.time);
  ++(line.ignored ? counters_.ignored : counters_.counted);
  Count(line);
}

void WindowModel::Count(const ModelLine& line) {
  const Micros slide = shape_.options.slide_or_window();
  for (Micros start = FloorTo(line.time, slide); start + shape_.options.window > line.time; start -= slide) {
    Window& window = windows_[start];  // an ignored line is in no metric, but its window is not part of a gap
    if (line.ignored) continue;
    window.total += line.cell;
    for (std::size_t d = 1; d < kDimensionCount; ++d) {
      if (shape_.dimensions[d] && !line.keys[d].empty()) window.keys[d][line.keys[d]] += line.cell;
    }
  }
}

std::vector<std::string> WindowModel::Windows() const {
  const Micros slide = shape_.options.slide_or_window();
  const Micros length = shape_.options.window;
  const Micros singly = shape_.options.max_gap / slide;
  std::vector<std::string> texts;
  std::optional<Micros> next;
  for (const auto& [start, window] : windows_) {
    const Micros empty = next ? (start - *next) / slide : 0;
    for (Micros i = 0; i < std::min(empty, singly); ++i)
      texts.push_back(Text(*next + i * slide, *next + i * slide + length, 1, {}, {}));
    if (empty > singly) {
      texts.push_back(
          Text(*next + singly * slide, start - slide + length, static_cast<std::uint64_t>(empty - singly), {}, {}));
    }
    texts.push_back(Text(start, start + length, 1, window.total, window.keys));
    next = start + slide;
  }
  return texts;
}

std::vector<ModelLine> RandomLines(const WindowOptions& options, std::size_t count, SplitMix64* random) {
  std::vector<ModelLine> lines;
  const auto pick = [&](Micros length) {
    return static_cast<Micros>(random->Below(static_cast<std::uint64_t>(length) + 1));
  };
  Micros now = static_cast<Micros>(random->Below(2)) * 1'000'000 * kSecond - 500'000 * kSecond + pick(kDay);
  std::size_t in_jump = 0;  // lines left of a run from the future
  while (lines.size() < count) {
    ModelLine line = LineAt(0, "/" + std::to_string(random->Below(4)), random->Below(3) == 0 ? 500 : 200);
    line.keys[static_cast<std::size_t>(Dimension::kUser)] =
        random->Below(3) == 0 ? "" : "user" + std::to_string(random->Below(3));
    line.malformed = random->Below(20) == 0;
    line.ignored = random->Below(15) == 0;
    line.slow_path = random->Below(10) == 0;
    line.time = now - pick(2 * options.lateness) * static_cast<Micros>(random->Below(2));
    if (in_jump > 0) {
      --in_jump;
      line.time = now + options.max_ahead + pick(options.max_ahead);
    } else {
      switch (random->Below(40)) {
        case 0:
          line.time = now + options.max_ahead + pick(70 * 365 * kDay);
          break;
        case 1:
          line.time = now - pick(50 * 365 * kDay);
          break;
        case 2:
          now += options.max_ahead + pick(2 * options.max_gap);
          break;
        case 3:
          in_jump = random->Below(20);
          break;
        case 4:
          now += pick(options.max_ahead);
          break;
        case 5:
          line.time = now + options.max_ahead + 1;
          break;
        case 6:
          line.time = now - options.lateness;
          break;
        case 7:
          line.time = now - options.lateness - 1;
          break;
        default:
          now += pick(options.window / 3);
      }
    }
    if (random->Below(3) == 0) line.time = FloorTo(line.time, options.slide_or_window());
    lines.push_back(std::move(line));
  }
  return lines;
}

}  // namespace socklog::testing
