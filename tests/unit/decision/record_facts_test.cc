// Facts as they are read out of stored records, against protobuf's reading of the same bytes.
#include "server/decision/record_facts.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <random>
#include <string>

#include "absl/strings/str_cat.h"
#include "dnc/storage/v1/record.pb.h"
#include "server/name/resource_name.h"
#include "server/subject/subject.h"

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
      Fill(record.mutable_leads(record.leads_size() - 1)->mutable_state());
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
    Fill(record.mutable_state());
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

// Whether a kept contact point can be looked up.
bool IsUsable(const v1::ContactPoint& point) {
  if (point.has_phone()) return FromCanonical(point).phone != 0;
  return point.has_email() ? !point.email().empty() : !point.other().empty();
}

bool IsUsable(const LeadRecord& record) {
  const auto& points = record.lead().contact_points();
  return record.has_state() &&
         std::all_of(points.begin(), points.end(),
                     [](const v1::ContactPoint& point) { return IsUsable(point); });
}

bool IsUsable(const SubjectRecord& record) {
  return std::all_of(record.leads().begin(), record.leads().end(), [](const auto& reference) {
    return reference.has_state() && IsLeadId(reference.lead());
  });
}

bool SamePoints(const PointsOfLead& points, const LeadRecord& record) {
  const auto same = [](const ContactPoint& point, const v1::ContactPoint& right) {
    return ToString(point) == ToString(FromCanonical(right));
  };
  return std::equal(points.begin(), points.end(), record.lead().contact_points().begin(),
                    record.lead().contact_points().end(), same);
}

// Reads the bytes: as protobuf reads them, where they are a record that can be used. Damage may
// look like a group, which protobuf skips and which is refused here.
template <typename Record>
void ExpectAsProtobuf(const std::string& bytes, bool damaged = false);

template <>
void ExpectAsProtobuf<SubjectRecord>(const std::string& bytes, bool damaged) {
  SubjectRecord right;
  const bool readable = right.ParseFromString(bytes) && IsUsable(right);
  SubjectFacts facts;
  const bool read = ReadSubjectFacts(bytes, &facts);
  ASSERT_TRUE(read == readable || (damaged && !read)) << right.ShortDebugString();
  ASSERT_TRUE(!read || SameSubject(facts, right)) << right.ShortDebugString();
}

template <>
void ExpectAsProtobuf<LeadRecord>(const std::string& bytes, bool damaged) {
  LeadRecord right;
  const bool readable = right.ParseFromString(bytes) && IsUsable(right);
  LeadStateFacts state;
  PointsOfLead points;
  const bool read = ReadLeadFacts(bytes, &state, &points);
  ASSERT_TRUE(read == readable || (damaged && !read)) << right.ShortDebugString();
  if (!read) return;
  ASSERT_TRUE(SameState(state, right.state()) && SamePoints(points, right))
      << right.ShortDebugString();
  LeadStateFacts alone;
  ASSERT_TRUE(ReadLeadFacts(bytes, &alone, nullptr));
  ASSERT_TRUE(SameState(alone, right.state()));
}

TEST(RecordFactsTest, RecordsAreReadAsProtobufReadsThem) {
  Records records;
  for (int round = 0; round < 5'000; ++round) {
    ASSERT_NO_FATAL_FAILURE(ExpectAsProtobuf<SubjectRecord>(records.Subject().SerializeAsString()));
    ASSERT_NO_FATAL_FAILURE(ExpectAsProtobuf<LeadRecord>(records.Lead().SerializeAsString()));
  }
}

// One after the other they are one record to protobuf: scalars are replaced, messages merged.
TEST(RecordFactsTest, RecordsInPartsAreMergedAsProtobufMergesThem) {
  Records records;
  for (int round = 0; round < 2'000; ++round) {
    ASSERT_NO_FATAL_FAILURE(ExpectAsProtobuf<SubjectRecord>(records.Subject().SerializeAsString() +
                                                            records.Subject().SerializeAsString()));
    ASSERT_NO_FATAL_FAILURE(ExpectAsProtobuf<LeadRecord>(records.Lead().SerializeAsString() +
                                                         records.Lead().SerializeAsString()));
  }
}

// Fields that are not of the type that the record has there are unknown ones.
TEST(RecordFactsTest, SkipsWhatProtobufSkips) {
  Records records;
  for (const std::string& unknown :
       {std::string("\x08\x01"), std::string("\x0d\x01\0\0\0", 5), std::string("\x10\x01"),
        std::string("\x11\x01\0\0\0\0\0\0\0", 9), std::string("\xfa\x01\x01x")}) {
    const std::string subject = records.Subject().SerializeAsString();
    ExpectAsProtobuf<SubjectRecord>(unknown + subject);
    ExpectAsProtobuf<SubjectRecord>(subject + unknown);
    const std::string lead = records.Lead().SerializeAsString();
    ExpectAsProtobuf<LeadRecord>(unknown + lead);
    ExpectAsProtobuf<LeadRecord>(lead + unknown);
  }
}

// A damaged record is refused, or read as protobuf reads it: never as something else.
TEST(RecordFactsTest, DamagedSubjectsAreNeverReadOtherwise) {
  Records records;
  for (int round = 0; round < 20'000; ++round) {
    std::string bytes = records.Subject().SerializeAsString();
    if (bytes.empty()) continue;
    bytes[records.Below(bytes.size())] = static_cast<char>(records.Below(256));
    ASSERT_NO_FATAL_FAILURE(ExpectAsProtobuf<SubjectRecord>(bytes, true))
        << testing::PrintToString(bytes);
  }
}

TEST(RecordFactsTest, DamagedLeadsAreNeverReadOtherwise) {
  Records records;
  int readable = 0;
  for (int round = 0; round < 20'000; ++round) {
    std::string bytes = records.Lead().SerializeAsString();
    bytes[records.Below(bytes.size())] = static_cast<char>(records.Below(256));
    // Protobuf also judges texts that checks do not read.
    if (!LeadRecord().ParseFromString(bytes)) continue;
    ++readable;
    ASSERT_NO_FATAL_FAILURE(ExpectAsProtobuf<LeadRecord>(bytes, true))
        << testing::PrintToString(bytes);
  }
  EXPECT_GT(readable, 5'000);
}

TEST(RecordFactsTest, TornRecordsAreRefusedWhereProtobufRefusesThem) {
  Records records;
  for (int round = 0; round < 200; ++round) {
    const std::string subject = records.Subject().SerializeAsString();
    for (size_t length = 0; length <= subject.size(); ++length) {
      ASSERT_NO_FATAL_FAILURE(ExpectAsProtobuf<SubjectRecord>(subject.substr(0, length)));
    }
    const std::string lead = records.Lead().SerializeAsString();
    for (size_t length = 0; length <= lead.size(); ++length) {
      ASSERT_NO_FATAL_FAILURE(ExpectAsProtobuf<LeadRecord>(lead.substr(0, length)));
    }
  }
}

// What would be looked up in vain would pass for clean.
TEST(RecordFactsTest, ContactPointsThatAreNoneAreRefused) {
  for (const char* phone :
       {"", "+", "nobody", "+0", "12125550101", "+1212x", "+99999999999999999999"}) {
    LeadRecord record;
    record.mutable_state();
    record.mutable_lead()->add_contact_points()->set_phone("+12125550102");
    record.mutable_lead()->add_contact_points()->set_phone(phone);
    LeadStateFacts state;
    PointsOfLead points;
    EXPECT_FALSE(ReadLeadFacts(record.SerializeAsString(), &state, &points)) << phone;
  }
  LeadRecord record;
  record.mutable_state();
  record.mutable_lead()->add_contact_points();
  LeadStateFacts state;
  PointsOfLead points;
  EXPECT_FALSE(ReadLeadFacts(record.SerializeAsString(), &state, &points));
  EXPECT_TRUE(ReadLeadFacts(record.SerializeAsString(), &state, nullptr));
}

TEST(RecordFactsTest, LeadsWhoseIdIsNoneAreRefused) {
  for (const char* id : {"", "a/b", "a b", "\xc3\x28"}) {
    // SubjectRecord.leads with LeadReference.lead
    const std::string reference =
        std::string("\x0a") + static_cast<char>(std::strlen(id)) + id + std::string("\x12\0", 2);
    const std::string record =
        std::string("\x12") + static_cast<char>(reference.size()) + reference;
    SubjectFacts facts;
    EXPECT_FALSE(ReadSubjectFacts(record, &facts)) << id;
  }
}

// Nothing restricts a lead whose state is empty; that it is missing says nothing.
TEST(RecordFactsTest, LeadsWithoutAStateAreRefused) {
  LeadStateFacts state;
  EXPECT_FALSE(ReadLeadFacts("", &state, nullptr));
  LeadRecord lead;
  lead.set_revision(1);
  EXPECT_FALSE(ReadLeadFacts(lead.SerializeAsString(), &state, nullptr));
  lead.mutable_state();
  EXPECT_TRUE(ReadLeadFacts(lead.SerializeAsString(), &state, nullptr));
  SubjectRecord subject;
  subject.add_leads()->set_lead("ann");
  SubjectFacts facts;
  EXPECT_FALSE(ReadSubjectFacts(subject.SerializeAsString(), &facts));
  subject.mutable_leads(0)->mutable_state();
  EXPECT_TRUE(ReadSubjectFacts(subject.SerializeAsString(), &facts));
}

// A field that is added must be read in record_facts.cc, or known not to matter to checks.
TEST(RecordFactsTest, KnowsEveryField) {
  EXPECT_EQ(EntrySummary::descriptor()->field_count(), 10);
  EXPECT_EQ(LeadState::descriptor()->field_count(), 6);
  EXPECT_EQ(storage::v1::LeadReference::descriptor()->field_count(), 2);
  EXPECT_EQ(SubjectRecord::descriptor()->field_count(), 2);
}

}  // namespace
}  // namespace dnc
