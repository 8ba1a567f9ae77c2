// Places in a Kafka partition: of the text that was made of it, and as a later run finds them again.
#ifndef SOCKLOG_TRANSPORT_KAFKA_POSITION_H_
#define SOCKLOG_TRANSPORT_KAFKA_POSITION_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace socklog {

// `bytes` of text behind the start of the record with this offset.
struct KafkaPlace {
  std::int64_t offset = 0;
  std::uint64_t bytes = 0;

  friend bool operator==(const KafkaPlace&, const KafkaPlace&) = default;
};

struct SavedKafkaPosition {
  std::string cluster;  // its id, without spaces; empty: unknown
  std::string topic;
  int partition = 0;
  KafkaPlace place;
};

// Printable, without newline. nullopt: it is none; those of files are told apart.
std::string EncodeKafkaPosition(const SavedKafkaPosition& position);
std::optional<SavedKafkaPosition> DecodeKafkaPosition(std::string_view text);

// What stands beside a group's offset: "1 NOTE BYTES", with the bytes of the place. The bytes of such a text, 0 of any
// other.
std::string EncodeKafkaNote(std::string_view note, const KafkaPlace& place);
std::uint64_t BytesInKafkaNote(std::string_view text);
bool IsKafkaNote(std::string_view text);

// Where the records are in the text that a partition handed out: each of the last kRecent records at least, and of
// those before some, at most kMost, so that it never grows however long a run is. A place is told by the record that it
// is in, or, of long ago, by one before that. Thread-compatible.
class KafkaPlaces {
 public:
  static constexpr std::size_t kRecent = 4096;
  static constexpr std::size_t kMost = 4096;
  static constexpr std::uint64_t kSpacing = 256 << 10;  // bytes of text between those before, as long as they are few

  // The text from `position` on is that of the record with this offset. REQUIRES: positions do not shrink
  void Add(std::uint64_t position, std::int64_t offset);
  // REQUIRES: something at or before `position` was added.
  KafkaPlace Find(std::uint64_t position) const;

 private:
  struct Mark {
    std::uint64_t position;
    std::int64_t offset;
  };
  using Marks = std::vector<Mark>;
  static void Append(const Mark& mark, Marks* marks);
  void AddOld(const Mark& mark);

  Marks recent_;
  Marks old_;  // of all times, the first among them
};

}  // namespace socklog

#endif  // SOCKLOG_TRANSPORT_KAFKA_POSITION_H_
