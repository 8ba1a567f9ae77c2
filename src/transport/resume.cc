#include "transport/resume.h"

#include <algorithm>
#include <set>

#include "base/hash.h"
#include "base/text.h"
#include "transport/file_io.h"
#include "transport/kafka/position.h"
#include "transport/rotation.h"

namespace socklog {
namespace {

std::string_view TakeWord(std::string_view* text) {
  const std::size_t space = text->find(' ');
  const std::string_view word = text->substr(0, space);
  text->remove_prefix(space == std::string_view::npos ? text->size() : space + 1);
  return word;
}

// One possible marriage of a resume point and a file.
struct Match {
  int score = 0;
  std::size_t resume = 0;
  std::size_t file = 0;
};

// The best pairs first; each side is taken once. Ties go by order, so that the outcome does not depend on anything
// else.
std::vector<Match> TakeBest(std::vector<Match> matches) {
  std::stable_sort(matches.begin(), matches.end(), [](const Match& a, const Match& b) { return a.score > b.score; });
  std::set<std::size_t> resumes, files;
  std::vector<Match> taken;
  for (const Match& match : matches) {
    if (resumes.count(match.resume) || files.count(match.file)) continue;
    resumes.insert(match.resume);
    files.insert(match.file);
    taken.push_back(match);
  }
  return taken;
}

class Finder {
 public:
  Finder(const std::vector<FileInput>& inputs, const std::vector<ResumePoint>& resume)
      : inputs_(inputs), resume_(resume), starts_(inputs.size()), saved_(resume.size()), placed_(resume.size()) {}

  Result<std::vector<std::optional<ResumeStart>>> Find() {
    for (std::size_t i = 0; i < resume_.size(); ++i) {
      if (resume_[i].position.empty() || DecodeKafkaPosition(resume_[i].position)) continue;
      saved_[i] = DecodeSavedPosition(resume_[i].position);
      if (!saved_[i]) return Unreadable(resume_[i]);
    }
    MatchInputs();
    for (std::size_t i = 0; i < inputs_.size(); ++i) {
      if (!starts_[i]) MatchSiblings(i);
    }
    return std::move(starts_);
  }

 private:
  static Status Unreadable(const ResumePoint& point) {
    return Status(StatusCode::kDataLoss, "the saved state has a position of '" + point.partition_name +
                                             "' that this version cannot read; start anew with --reset-state");
  }

  void Place(std::size_t resume, std::size_t input, const std::string& path, UniqueFd fd) {
    starts_[input] = ResumeStart{resume, path, std::move(fd), saved_[resume]->offset, false};
    placed_[resume] = true;
  }

  void MatchInputs() {
    std::vector<Match> matches;
    for (std::size_t i = 0; i < inputs_.size(); ++i) {
      const std::optional<std::string> head = ReadHead(inputs_[i].fd);
      for (std::size_t r = 0; head && r < resume_.size(); ++r) {
        if (!saved_[r] || !saved_[r]->identity.Matches(*head, inputs_[i].number)) continue;
        const int same_name = resume_[r].partition_name == inputs_[i].partition_name ? 1 : 0;
        const int same_number = saved_[r]->identity.number == inputs_[i].number ? 2 : 0;
        matches.push_back({same_number + same_name, r, i});
      }
    }
    for (const Match& match : TakeBest(matches)) Place(match.resume, match.file, inputs_[match.file].path, UniqueFd());
  }

  // The input's name was known, but the file with that content has moved.
  void MatchSiblings(std::size_t input) {
    std::size_t r = 0;
    while (r < resume_.size() &&
           (!saved_[r] || placed_[r] || resume_[r].partition_name != inputs_[input].partition_name))
      ++r;
    if (r == resume_.size()) return;
    const std::vector<Sibling> siblings = ListSiblings(inputs_[input].path);
    const Sibling* best = nullptr;
    for (const Sibling& sibling : siblings) {
      if (IsInput(sibling.number) || used_.count(sibling.number)) continue;
      if (sibling.fd == nullptr || !saved_[r]->identity.Matches(HeadOf(sibling), sibling.number)) continue;
      if (best != nullptr && !IsBetter(saved_[r]->identity, sibling, *best)) continue;
      best = &sibling;
    }
    if (best != nullptr) {
      used_.insert(best->number);
      return Place(r, input, best->path, Reopen(*best));
    }
    const bool was_empty = saved_[r]->identity.length == 0;
    starts_[input] = ResumeStart{r, inputs_[input].path, UniqueFd(), 0, !was_empty};
    placed_[r] = true;
  }

  // Both begin alike. A copy that compression is just making is worse than the original beside it.
  static bool IsBetter(const FileIdentity& identity, const Sibling& a, const Sibling& b) {
    const auto rank = [&identity](const Sibling& s) {
      return (s.number == identity.number ? 8 : 0) + (s.name == identity.name ? 4 : 0) + (s.packed ? 0 : 2) +
             (s.is_rotated ? 1 : 0);
    };
    if (rank(a) != rank(b)) return rank(a) > rank(b);
    return a.modified > b.modified;
  }

  bool IsInput(const FileNumber& number) const {
    return std::any_of(inputs_.begin(), inputs_.end(),
                       [&number](const FileInput& input) { return input.number == number; });
  }

  const std::vector<FileInput>& inputs_;
  const std::vector<ResumePoint>& resume_;
  std::vector<std::optional<ResumeStart>> starts_;
  std::vector<std::optional<SavedPosition>> saved_;
  std::vector<bool> placed_;
  std::set<FileNumber> used_;
};

}  // namespace

bool FileIdentity::Matches(std::string_view head, const FileNumber& other) const {
  if (length == 0) return number == other;
  return head.size() >= length && Hash128Hex(head.substr(0, static_cast<std::size_t>(length))) == hash;
}

FileIdentity IdentityOf(std::string_view head, const FileNumber& number, const std::string& path) {
  return {head.size(), Hash128Hex(head), number, BaseName(path)};
}

std::string EncodeSavedPosition(const SavedPosition& position) {
  const FileIdentity& identity = position.identity;
  std::string text = "1 " + std::to_string(identity.length) + " " + identity.hash + " " +
                     std::to_string(position.offset) + " " + std::to_string(identity.number.device) + " " +
                     std::to_string(identity.number.inode) + " ";
  AppendPrintable(identity.name, &text);
  return text;
}

std::optional<SavedPosition> DecodeSavedPosition(std::string_view text) {
  if (TakeWord(&text) != "1") return std::nullopt;
  const std::optional<std::uint64_t> length = ParseUnsigned(TakeWord(&text));
  const std::string_view hash = TakeWord(&text);
  const std::optional<std::uint64_t> offset = ParseUnsigned(TakeWord(&text));
  const std::optional<std::uint64_t> device = ParseUnsigned(TakeWord(&text));
  const std::optional<std::uint64_t> inode = ParseUnsigned(TakeWord(&text));
  if (!length || *length > kHeadBytes || hash.size() != 32 || !offset || !device || !inode) return std::nullopt;
  return SavedPosition{{*length, std::string(hash), {*device, *inode}, std::string(text)}, *offset};
}

Result<std::vector<std::optional<ResumeStart>>> FindResumeStarts(const std::vector<FileInput>& inputs,
                                                                 const std::vector<ResumePoint>& resume) {
  return Finder(inputs, resume).Find();
}

}  // namespace socklog
