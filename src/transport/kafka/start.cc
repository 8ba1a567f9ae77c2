#include "transport/kafka/start.h"

#include <algorithm>
#include <functional>

#include "base/log.h"
#include "base/text.h"
#include "transport/sink_stop.h"

namespace socklog {
namespace {

constexpr int kAnswerTime = 1000;  // ms for one question
constexpr int kPause = 100;        // ms between questions that were answered in vain

class StartFinder {
 public:
  StartFinder(const KafkaReading& reading, int partitions, KafkaClient* client, const Clock& clock)
      : reading_(reading), partitions_(partitions), client_(*client), clock_(clock), begin_(clock.Monotonic()) {}

  Result<KafkaStarts> Find() {
    if (Status status = FindRanges(); !status.ok()) return status;
    starts_.resize(ranges_.size());
    for (std::size_t i = 0; i < ranges_.size(); ++i) {
      starts_[i].place.offset = ranges_[i].low;
      if (reading_.until_end) starts_[i].stop = ranges_[i].high;
    }
    if (GoOnFromState()) {
      from_ = "where the state left off";
    } else if (Status status = reading_.misses_state ? BeginWithoutState() : BeginByOption(); !status.ok()) {
      return status;
    }
    return KafkaStarts{std::move(starts_), std::move(from_)};
  }

 private:
  // Asks again until there is an answer. `ask`: whether there is one; it may tell the client of a problem.
  Status Insist(const std::function<rd_kafka_resp_err_t()>& ask) {
    for (;;) {
      if (SinkStopRequested()) return {StatusCode::kBrokenPipe, reading_.endpoint.text + ": stopped"};
      const rd_kafka_resp_err_t error = ask();
      if (error == RD_KAFKA_RESP_ERR_NO_ERROR) return Status();
      client_.Poll(kPause);
      const KafkaProblem problem =
          client_.problem().value_or(KafkaProblem{error, std::string(rd_kafka_err2str(error))});
      const bool in_vain = clock_.Monotonic() - begin_ >= reading_.connection.connect_timeout;
      if (IsHopeless(problem) || in_vain) return client_.Explain(problem, clock_);
    }
  }

  Status FindRanges() {
    ranges_.resize(static_cast<std::size_t>(partitions_));
    return Insist([&] { return AskKafkaRanges(client_.handle(), reading_.endpoint.topic, 0, kAnswerTime, &ranges_); });
  }

  // Another cluster may have a topic of the same name.
  bool IsThisTopic(const SavedKafkaPosition& saved) const {
    const std::string& cluster = client_.cluster();
    return saved.topic == reading_.endpoint.topic &&
           (saved.cluster == cluster || saved.cluster.empty() || cluster.empty());
  }

  // Where a state speaks of this topic, it decides. A partition that it does not know is new.
  bool GoOnFromState() {
    bool any = false;
    for (std::size_t r = 0; r < reading_.resume.size(); ++r) {
      const std::optional<SavedKafkaPosition> saved = DecodeKafkaPosition(reading_.resume[r].position);
      if (!saved || !IsThisTopic(*saved)) continue;
      any = true;
      if (saved->partition < partitions_) GoOnAt(saved->place, r, static_cast<std::size_t>(saved->partition));
    }
    return any;
  }

  void GoOnAt(const KafkaPlace& place, std::size_t resume_index, std::size_t partition) {
    KafkaStart& start = starts_[partition];
    if (IsShortened(place.offset, partition)) return;
    if (place.offset < ranges_[partition].low) {
      BeginAt(place.offset, partition);
    } else {
      start.place = place;
      start.resume_index = resume_index;
    }
  }

  bool IsShortened(std::int64_t offset, std::size_t partition) {
    const KafkaRange& range = ranges_[partition];
    if (offset <= range.high) return false;
    starts_[partition].place.offset = BeginInShortened(NameOf(partition), range, offset);
    return true;
  }

  // An offset that may be gone already, or not be there yet.
  void BeginAt(std::int64_t offset, std::size_t partition) {
    const KafkaRange& range = ranges_[partition];
    KafkaStart& start = starts_[partition];
    start.place.offset = std::clamp(offset, range.low, range.high);
    if (offset > range.high) {
      LogWarning(NameOf(partition) + ": has no offset " + std::to_string(offset) + " yet; beginning at its end, " +
                 std::to_string(range.high));
    }
    if (offset >= range.low) return;
    start.lost = static_cast<std::uint64_t>(range.low - offset);
    LogWarning(NameOf(partition) + ": the records from " + std::to_string(offset) + " to " +
               std::to_string(range.low - 1) + " are gone (retention); going on at the first that is there");
  }

  Status BeginByOption() {
    const std::string& given = reading_.connection.kafka.offset;
    if (UsesGroup(reading_.connection.kafka)) return BeginAtStored();
    const std::string offset = !given.empty() ? given : reading_.until_end ? "beginning" : "end";
    const bool is_word = offset == "beginning" || offset == "end";
    from_ = (is_word ? "the " : "--offset ") + offset;
    if (offset.starts_with("s@")) return BeginAtTime(*ParseUnsigned(std::string_view(offset).substr(2)));
    for (std::size_t i = 0; i < ranges_.size(); ++i) BeginAt(*ResolveOffset(offset, ranges_[i]), i);
    return Status();
  }

  KafkaOffsets List() const {
    KafkaOffsets list(rd_kafka_topic_partition_list_new(partitions_));
    for (int i = 0; i < partitions_; ++i)
      rd_kafka_topic_partition_list_add(list.get(), reading_.endpoint.topic.c_str(), i);
    return list;
  }

  // A time-out is not "none": a missing permission and a transaction that hangs look like one.
  Status AskStored(rd_kafka_topic_partition_list_t* list) {
    client_.RequireGroup();
    return Insist([this, list] {
      rd_kafka_resp_err_t error = rd_kafka_committed(client_.handle(), list, kAnswerTime);
      for (int i = 0; i < list->cnt && error == RD_KAFKA_RESP_ERR_NO_ERROR; ++i) error = list->elems[i].err;
      return error;
    });
  }

  // Each transaction stores offsets, with a note, and the state. Who has lost the one must not tell all once more.
  Status BeginWithoutState() {
    const KafkaOffsets list = List();
    if (Status status = AskStored(list.get()); !status.ok()) return status;
    const auto is_ours = [](const auto& element) { return element.offset >= 0 && IsKafkaNote(NoteBeside(element)); };
    if (std::none_of(list->elems, list->elems + list->cnt, is_ours)) return BeginByOption();
    LogWarning(reading_.endpoint.text + ": group '" + reading_.connection.kafka.group +
               "' has worked before, but its state is gone (another --state-topic, or one that is not compacted?); " +
               "reading goes on at the group's offsets; alerts that were firing are not resolved, and some may come " +
               "twice. --reset-state begins as if there had been none");
    return BeginAtOffsets(*list);
  }

  Status BeginAtStored() {
    if (reading_.connection.kafka.group.empty()) return Status::Usage("--offset stored needs --group");
    const KafkaOffsets list = List();
    if (Status status = AskStored(list.get()); !status.ok()) return status;
    return BeginAtOffsets(*list);
  }

  Status BeginAtOffsets(const rd_kafka_topic_partition_list_t& list) {
    const bool any = std::any_of(list.elems, list.elems + list.cnt, [](const auto& e) { return e.offset >= 0; });
    const std::string group = "group '" + reading_.connection.kafka.group + "'";
    from_ = any ? "the offsets of " + group : "the end, since " + group + " has stored no offsets";
    if (!any && reading_.until_end) {
      LogWarning(reading_.endpoint.text + ": " + group +
                 " has stored no offsets, so that reading begins at the end, and ends there; --offset beginning reads "
                 "what is there");
    }
    for (std::size_t i = 0; i < ranges_.size(); ++i) {
      const std::int64_t stored = list.elems[i].offset;
      // A group that never stored any starts at the end; a partition that it does not know is new.
      if (IsShortened(stored, i)) continue;
      BeginAt(stored >= 0 ? stored : any ? ranges_[i].low : ranges_[i].high, i);
      if (stored >= 0 && starts_[i].place.offset == stored)
        starts_[i].place.bytes = BytesInKafkaNote(NoteBeside(list.elems[i]));
    }
    return Status();
  }

  // Other programs may have stored offsets of the group, too.
  static std::string_view NoteBeside(const rd_kafka_topic_partition_t& element) {
    if (element.metadata == nullptr) return {};
    return {static_cast<const char*>(element.metadata), element.metadata_size};
  }

  Status BeginAtTime(std::uint64_t milliseconds) {
    const KafkaOffsets list = List();
    Status status = Insist([&] {
      for (int i = 0; i < list->cnt; ++i) list->elems[i].offset = static_cast<std::int64_t>(milliseconds);
      return rd_kafka_offsets_for_times(client_.handle(), list.get(), kAnswerTime);
    });
    if (!status.ok()) return status;
    for (std::size_t i = 0; i < ranges_.size(); ++i) {
      const std::int64_t found = list->elems[i].offset;  // negative: nothing is as late as that
      BeginAt(found >= 0 ? found : ranges_[i].high, i);
    }
    return Status();
  }

  std::string NameOf(std::size_t partition) const { return reading_.endpoint.topic + "/" + std::to_string(partition); }

  const KafkaReading& reading_;
  const int partitions_;
  KafkaClient& client_;
  const Clock& clock_;
  const Micros begin_;
  std::vector<KafkaRange> ranges_;
  std::vector<KafkaStart> starts_;
  std::string from_;
};

}  // namespace

bool UsesGroup(const KafkaOptions& options) {
  return options.offset == "stored" || (options.offset.empty() && !options.group.empty());
}

std::optional<std::int64_t> ResolveOffset(const std::string& text, const KafkaRange& range) {
  if (text == "beginning") return range.low;
  if (text == "end") return range.high;
  const bool from_end = text.starts_with('-');
  const std::optional<std::uint64_t> number = ParseUnsigned(std::string_view(text).substr(from_end ? 1 : 0));
  if (!number) return std::nullopt;
  const auto offset = static_cast<std::int64_t>(*number);
  return from_end ? std::max(range.low, range.high - offset) : offset;
}

Result<KafkaStarts> FindKafkaStarts(const KafkaReading& reading, int partitions, KafkaClient* client,
                                    const Clock& clock) {
  return StartFinder(reading, partitions, client, clock).Find();
}

}  // namespace socklog
