// Facts as they are read out of stored records, against protobuf's reading of the same bytes.
#include "server/decision/record_facts.h"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "dnc/storage/v1/record.pb.h"

namespace dnc {
namespace {

using storage::v1::EntrySummary;
using storage::v1::LeadRecord;
using storage::v1::LeadState;
using storage::v1::SubjectRecord;

// Random records; every field is set as often as not, to numbers of every size.
class Records {
 public:
  uint64_t Number() { return random_() % 2 == 0 ? 0 : random_() >> (random_() % 64); }
  size_t Below(size_t end) { return random_() % end; }

  void Fill(EntrySummary* entry) {
    entry->set_revision(Number());
    entry->set_ordinal(static_cast<uint32_t>(Number()));
    entry->set_list(static_cast<uint32_t>(Number()));
    entry->set_channels(static_cast<uint32_t>(Number()));
    entry->set_message_classes(static_cast<uint32_t>(Number()));
    entry->set_effective_time(static_cast<int64_t>(Number()));
    entry->set_expire_time(static_cast<int64_t>(Number()));
    entry->set_covers_contact_points(Number() != 0);
    entry->set_begun(Number() != 0);
  }

  void Fill(LeadState* state) {
    state->set_status(static_cast<uint32_t>(Number()));
    state->set_status_time(static_cast<int64_t>(Number()));
    state->set_nurture_until(static_cast<int64_t>(Number()));
    state->set_nurture_channels(static_cast<uint32_t>(Number()));
    state->set_nurture_since(static_cast<int64_t>(Number()));
    for (size_t n = Below(3); n > 0; --n) Fill(state->add_entries());
  }

  SubjectRecord Subject() {
    SubjectRecord record;
    for (size_t n = Below(4); n > 0; --n) Fill(record.add_entries());
    for (size_t n = Below(4); n > 0; --n) {
      record.add_leads()->set_lead(absl::StrCat("lead-", Number()));
      if (Number() != 0) Fill(record.mutable_leads(record.leads_size() - 1)->mutable_state());
    }
    return record;
  }

  LeadRecord Lead() {
    LeadRecord record;
    record.mutable_lead()->set_name(absl::StrCat("organizations/acme/leads/", Number()));
    if (Number() != 0) {
      record.mutable_lead()->add_contact_points()->set_phone(
          absl::StrCat("+", 1 + Number() % 999'999'999'999'999));
    }
    if (Number() != 0) record.mutable_lead()->add_contact_points()->set_email("jane@example.com");
    if (Number() != 0) record.mutable_lead()->add_contact_points()->set_other("12 main street");
    if (Number() != 0) Fill(record.mutable_state());
    record.set_create_time(static_cast<int64_t>(Number()));
    record.set_revision(static_cast<int64_t>(Number()));
    return record;
  }

 private:
  std::mt19937_64 random_{20240601};
};

bool Same(const EntryFacts& facts, const EntrySummary& entry) {
  return facts.id == EntryId{entry.revision(), entry.ordinal()} && facts.list == entry.list() &&
         facts.channels == entry.channels() && facts.message_classes == entry.message_classes() &&
         facts.effective_time == entry.effective_time() &&
         facts.expire_time == entry.expire_time() && facts.begun == entry.begun();
}

template <typename Facts, typename Entries>
bool SameEntries(const Facts& facts, const Entries& entries) {
  return std::equal(facts.begin(), facts.end(), entries.begin(), entries.end(), Same);
}

bool SameState(const LeadStateFacts& facts, const LeadState& state) {
  return facts.status == state.status() && facts.status_time == state.status_time() &&
         facts.nurture_until == state.nurture_until() &&
         facts.nurture_channels == state.nurture_channels() &&
         facts.nurture_since == state.nurture_since() &&
         SameEntries(facts.entries, state.entries());
}

bool SameSubject(const SubjectFacts& facts, const SubjectRecord& record) {
  const auto same_lead = [](const LeadOfPoint& lead, const storage::v1::LeadReference& reference) {
    return lead.lead == reference.lead() && SameState(lead.state, reference.state());
  };
  return SameEntries(facts.entries, record.entries()) &&
         std::equal(facts.leads.begin(), facts.leads.end(), record.leads().begin(),
                    record.leads().end(), same_lead);
}

TEST(RecordFactsTest, SubjectsAreReadAsProtobufReadsThem) {
  Records records;
  for (int round = 0; round < 5'000; ++round) {
    const SubjectRecord record = records.Subject();
    const std::string bytes = record.SerializeAsString();
    SubjectFacts facts;
    ASSERT_TRUE(ReadSubjectFacts(bytes, &facts)) << record.ShortDebugString();
    ASSERT_TRUE(SameSubject(facts, record)) << record.ShortDebugString();
  }
}

TEST(RecordFactsTest, LeadsAreReadAsProtobufReadsThem) {
  Records records;
  for (int round = 0; round < 5'000; ++round) {
    const LeadRecord record = records.Lead();
    const std::string bytes = record.SerializeAsString();
    LeadStateFacts state;
    std::vector<ContactPoint> points;
    ASSERT_TRUE(ReadLeadFacts(bytes, &state, &points)) << record.ShortDebugString();
    ASSERT_TRUE(SameState(state, record.state())) << record.ShortDebugString();
    ASSERT_EQ(points.size(), static_cast<size_t>(record.lead().contact_points_size()));
    for (size_t i = 0; i < points.size(); ++i) {
      const v1::ContactPoint& point = record.lead().contact_points(static_cast<int>(i));
      EXPECT_EQ(ToString(points[i]), point.phone() + point.email() + point.other());
    }
    LeadStateFacts alone;
    ASSERT_TRUE(ReadLeadFacts(bytes, &alone, nullptr));
    ASSERT_TRUE(SameState(alone, record.state()));
  }
}

// A damaged record is refused, or read as protobuf reads it: never as something else.
TEST(RecordFactsTest, DamagedRecordsAreNeverReadOtherwise) {
  Records records;
  int refused = 0;
  for (int round = 0; round < 20'000; ++round) {
    std::string bytes = records.Subject().SerializeAsString();
    if (bytes.empty()) continue;
    if (records.Below(2) == 0) {
      bytes.resize(records.Below(bytes.size()));
    } else {
      bytes[records.Below(bytes.size())] = static_cast<char>(records.Below(256));
    }
    SubjectFacts facts;
    const bool read = ReadSubjectFacts(bytes, &facts);
    SubjectRecord record;
    if (!record.ParseFromString(bytes)) {
      // Protobuf also wants ids in UTF-8.
      if (!read) ++refused;
      continue;
    }
    ASSERT_TRUE(!read || SameSubject(facts, record)) << record.ShortDebugString();
  }
  EXPECT_GT(refused, 1'000);
}

TEST(RecordFactsTest, EveryTornRecordIsRefusedWhereProtobufRefusesIt) {
  Records records;
  for (int round = 0; round < 200; ++round) {
    const std::string bytes = records.Subject().SerializeAsString();
    for (size_t length = 0; length <= bytes.size(); ++length) {
      SubjectFacts facts;
      SubjectRecord record;
      ASSERT_EQ(ReadSubjectFacts(absl::string_view(bytes).substr(0, length), &facts),
                record.ParseFromString(bytes.substr(0, length)));
    }
  }
}

}  // namespace
}  // namespace dnc
