#include "server/state/overlay.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"

namespace dnc {
namespace {

// A committed state in memory.
class FakeReader : public StoreReader {
 public:
  absl::StatusOr<bool> Get(
      Family family, absl::string_view key,
      absl::FunctionRef<absl::Status(absl::string_view)> on_value) const override {
    if (key == "broken") return absl::DataLossError("a damaged block");
    const auto it = rows.find({family, std::string(key)});
    if (it == rows.end()) return false;
    const absl::Status status = on_value(it->second);
    if (!status.ok()) return status;
    return true;
  }
  absl::Status Scan(Family, absl::string_view, absl::string_view,
                    absl::FunctionRef<bool(absl::string_view, absl::string_view)>) const override {
    return absl::UnimplementedError("not used");
  }
  std::shared_ptr<const StoreReader> ForScans() const override { return nullptr; }

  std::map<std::pair<Family, std::string>, std::string> rows = {{{Family::kLeads, "a"}, "base"}};
};

std::string Get(const Overlay& overlay, Family family, const std::string& key) {
  const absl::StatusOr<std::optional<std::string>> value = overlay.Get(family, key);
  EXPECT_TRUE(value.ok()) << value.status();
  return value->value_or("absent");
}

TEST(OverlayTest, ShowsWhatIsBelow) {
  const FakeReader base;
  const Overlay overlay(&base);
  EXPECT_EQ(Get(overlay, Family::kLeads, "a"), "base");
  EXPECT_EQ(Get(overlay, Family::kLeads, "b"), "absent");
  EXPECT_EQ(Get(overlay, Family::kEntries, "a"), "absent");
}

TEST(OverlayTest, OwnChangesCoverWhatIsBelow) {
  const FakeReader base;
  Overlay overlay(&base);
  overlay.Put(Family::kLeads, "a", "changed");
  EXPECT_EQ(Get(overlay, Family::kLeads, "a"), "changed");
  overlay.Delete(Family::kLeads, "a");
  EXPECT_EQ(Get(overlay, Family::kLeads, "a"), "absent");
  overlay.Put(Family::kLeads, "a", "");
  EXPECT_EQ(Get(overlay, Family::kLeads, "a"), "") << "empty is not absent";
}

TEST(OverlayTest, StackShowsTheTopmost) {
  const FakeReader base;
  Overlay batch(&base);
  batch.Put(Family::kLeads, "b", "batch");
  Overlay mutation(&batch);
  Overlay row(&mutation);
  EXPECT_EQ(Get(row, Family::kLeads, "a"), "base");
  EXPECT_EQ(Get(row, Family::kLeads, "b"), "batch");
  mutation.Delete(Family::kLeads, "b");
  EXPECT_EQ(Get(row, Family::kLeads, "b"), "absent");
  row.Put(Family::kLeads, "b", "row");
  EXPECT_EQ(Get(row, Family::kLeads, "b"), "row");
  EXPECT_EQ(Get(mutation, Family::kLeads, "b"), "absent");
  EXPECT_EQ(Get(batch, Family::kLeads, "b"), "batch");
}

TEST(OverlayTest, MergedChangesWin) {
  const FakeReader base;
  Overlay batch(&base);
  batch.Put(Family::kLeads, "b", "batch");
  batch.Put(Family::kLeads, "c", "batch");
  Overlay mutation(&batch);
  mutation.Delete(Family::kLeads, "a");
  mutation.Put(Family::kLeads, "b", "mutation");
  std::move(mutation).MergeInto(&batch);
  EXPECT_EQ(Get(batch, Family::kLeads, "a"), "absent");
  EXPECT_EQ(Get(batch, Family::kLeads, "b"), "mutation");
  EXPECT_EQ(Get(batch, Family::kLeads, "c"), "batch");
}

TEST(OverlayTest, DroppedChangesLeaveNothing) {
  const FakeReader base;
  Overlay batch(&base);
  {
    Overlay refused(&batch);
    refused.Put(Family::kLeads, "a", "refused");
  }
  EXPECT_EQ(Get(batch, Family::kLeads, "a"), "base");
  EXPECT_TRUE(batch.changes().empty());
}

// What was put stays what it was, in the batch's memory or its own, until it is replaced.
TEST(OverlayTest, KeepsValuesOfAnySize) {
  const FakeReader base;
  Overlay batch(&base);
  for (const size_t bytes : {0u, 1u, 511u, 512u, 513u, 5'000u, 200'000u}) {
    const std::string key = absl::StrCat("k", bytes);
    {
      Overlay mutation(&batch);
      mutation.Put(Family::kLeads, key, std::string(bytes, 'x'));
      mutation.Put(Family::kLeads, key, std::string(bytes, 'y'));
      std::string filled(bytes, 'z');
      std::copy(filled.begin(), filled.end(),
                mutation.PutBytes(Family::kEntries, key, filled.size()));
      std::move(mutation).MergeInto(&batch);
    }
    EXPECT_EQ(Get(batch, Family::kLeads, key), std::string(bytes, 'y'));
    EXPECT_EQ(Get(batch, Family::kEntries, key), std::string(bytes, 'z'));
  }
  EXPECT_EQ(Get(batch, Family::kLeads, "k1"), "y");
}

// An empty value is one, also where nothing has taken memory yet.
TEST(OverlayTest, TellsEmptyFromAbsent) {
  FakeReader base;
  base.rows[{Family::kLeads, "empty"}] = "";
  Overlay batch(&base);
  Overlay mutation(&batch);
  EXPECT_EQ(Get(mutation, Family::kLeads, "empty"), "");
  EXPECT_EQ(mutation.FindSeen(Family::kLeads, "empty")->bytes(), "");
  Overlay other(&base);
  other.Put(Family::kIndex, "", "");
  EXPECT_EQ(Get(other, Family::kIndex, ""), "");
  Overlay third(&base);
  third.PutBytes(Family::kIndex, "k", 0);
  EXPECT_EQ(Get(third, Family::kIndex, "k"), "");
}

// A row may be put back as it is, which reads what it replaces.
TEST(OverlayTest, PutsAValueOverItself) {
  const FakeReader base;
  Overlay batch(&base);
  const std::string value(600, 'v');
  batch.Put(Family::kLeads, "a", value);
  batch.Put(Family::kLeads, "a", *batch.FindChange(Family::kLeads, "a")->bytes());
  EXPECT_EQ(Get(batch, Family::kLeads, "a"), value);
}

// What a mutation or a part of it read of a lead is kept as it was before the mutation, and read
// once.
TEST(OverlayTest, KeepsWhatAMutationSaw) {
  FakeReader base;
  Overlay batch(&base);
  batch.Put(Family::kLeads, "b", "batch");
  Overlay mutation(&batch);
  {
    Overlay part(&mutation);
    EXPECT_EQ(Get(part, Family::kLeads, "a"), "base");
    EXPECT_EQ(Get(part, Family::kLeads, "c"), "absent");
    part.Put(Family::kLeads, "a", "changed");
    std::move(part).MergeInto(&mutation);
  }
  mutation.Put(Family::kLeads, "d", "new");
  EXPECT_EQ(Get(mutation, Family::kLeads, "b"), "batch");
  EXPECT_EQ(Get(mutation, Family::kLeads, "d"), "new");
  EXPECT_EQ(Get(mutation, Family::kSubjects, "a"), "absent");
  base.rows.clear();
  EXPECT_EQ(Get(mutation, Family::kLeads, "a"), "changed");
  EXPECT_EQ(mutation.FindSeen(Family::kLeads, "a")->bytes(), "base");
  EXPECT_EQ(mutation.FindSeen(Family::kLeads, "b")->bytes(), "batch");
  EXPECT_EQ(mutation.FindSeen(Family::kLeads, "c")->bytes(), std::nullopt);
  EXPECT_EQ(mutation.FindSeen(Family::kLeads, "d"), nullptr) << "only what it put was read";
  EXPECT_EQ(mutation.FindSeen(Family::kSubjects, "a"), nullptr);
  EXPECT_EQ(batch.FindSeen(Family::kLeads, "a"), nullptr);
  EXPECT_EQ(Get(batch, Family::kLeads, "a"), "absent");
  const Overlay next(&batch);
  EXPECT_EQ(Get(next, Family::kLeads, "a"), "absent") << "what another mutation saw is its own";
}

TEST(OverlayTest, WritesEachKeyOnceInOrder) {
  const FakeReader base;
  Overlay batch(&base);
  batch.Put(Family::kLeads, "b", "1");
  batch.Put(Family::kIndex, "a", "");
  batch.Put(Family::kLeads, "b", "2");
  batch.Delete(Family::kEntries, "e");
  batch.Put(Family::kLeads, "a", "3");
  WriteSet writes;
  batch.AppendTo(&writes);
  std::vector<std::string> written;
  for (const WriteSet::Change& change : writes.changes()) {
    written.push_back(absl::StrCat(static_cast<int>(change.family), " ", change.key, " ",
                                   change.value.value_or("deleted")));
  }
  EXPECT_EQ(written, (std::vector<std::string>{"2 a 3", "2 b 2", "4 e deleted", "5 a "}));
}

// What waits for its commit covers what is committed, the newest first, whether the store has it
// already or not.
TEST(OverlayTest, PendingBatchesCoverWhatIsCommitted) {
  const FakeReader base;
  auto first = std::make_shared<Overlay>(&base);
  first->Put(Family::kLeads, "a", "first");
  first->Put(Family::kLeads, "b", "first");
  auto second = std::make_shared<Overlay>(&base);
  second->Put(Family::kLeads, "b", "second");
  second->Delete(Family::kLeads, "c");
  const PendingReader pending({first, second}, &base);
  Overlay batch(&pending);
  EXPECT_EQ(Get(batch, Family::kLeads, "a"), "first");
  EXPECT_EQ(Get(batch, Family::kLeads, "b"), "second");
  EXPECT_EQ(Get(batch, Family::kLeads, "c"), "absent");
  EXPECT_EQ(Get(batch, Family::kEntries, "a"), "absent");
  EXPECT_TRUE(absl::IsDataLoss(batch.Get(Family::kLeads, "broken").status()));
  first->Delete(Family::kLeads, "a");
  EXPECT_EQ(Get(batch, Family::kLeads, "a"), "absent") << "deleted there, whatever is beneath";
}

TEST(OverlayTest, ReadErrorIsPassedOn) {
  const FakeReader base;
  Overlay batch(&base);
  const Overlay mutation(&batch);
  EXPECT_TRUE(absl::IsDataLoss(mutation.Get(Family::kLeads, "broken").status()));
}

}  // namespace
}  // namespace dnc
