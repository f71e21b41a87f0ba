#include "server/state/overlay.h"

#include <gtest/gtest.h>

#include <map>

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

TEST(OverlayTest, WritesEachKeyOnce) {
  const FakeReader base;
  Overlay batch(&base);
  batch.Put(Family::kLeads, "a", "1");
  batch.Put(Family::kLeads, "a", "2");
  batch.Put(Family::kIndex, "a", "");
  batch.Delete(Family::kEntries, "e");
  WriteSet writes;
  std::move(batch).AppendTo(&writes);
  std::map<std::pair<Family, std::string>, std::optional<std::string>> written;
  for (const WriteSet::Change& change : writes.changes()) {
    EXPECT_TRUE(written.emplace(std::make_pair(change.family, change.key), change.value).second);
  }
  const decltype(written) wanted = {{{Family::kLeads, "a"}, "2"},
                                    {{Family::kIndex, "a"}, ""},
                                    {{Family::kEntries, "e"}, std::nullopt}};
  EXPECT_EQ(written, wanted);
}

TEST(OverlayTest, ReadErrorIsPassedOn) {
  const FakeReader base;
  Overlay batch(&base);
  const Overlay mutation(&batch);
  EXPECT_TRUE(absl::IsDataLoss(mutation.Get(Family::kLeads, "broken").status()));
}

}  // namespace
}  // namespace dnc
