// Persisted messages: their bytes, and the number and type of every field that can get into a
// record. A failure here means that an older store would be misread.
#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include <fstream>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "dnc/storage/v1/mutation.pb.h"
#include "dnc/storage/v1/record.pb.h"

namespace dnc {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

constexpr char kFieldsFile[] = DNC_SOURCE_DIR "/tests/unit/storage/persisted_fields.txt";

struct Sample {
  std::string name;
  std::shared_ptr<const Message> type;
  std::string text;
  std::string hex;
};

template <typename Record>
Sample Make(const std::string& text, const std::string& hex) {
  return {Record::descriptor()->name(), std::make_shared<Record>(), text, hex};
}

std::vector<Sample> Samples() {
  return {
      Make<storage::v1::StoreRecord>(
          R"(schema_version: 1 applied_revision: 300 next_organization: 2)", "080110ac021802"),
      Make<storage::v1::OrganizationRecord>(
          R"(number: 1 organization { name: "organizations/a" default_region: "US" } next_list: 2 next_status: 3)",
          "080112150a0f6f7267616e697a6174696f6e732f611a02555318022003"),
      Make<storage::v1::ListRecord>(
          R"(number: 2 list { name: "organizations/a/lists/l" kind: LIST_KIND_REGISTRY active_version { version: 3 count: 4 } } chunks: 5)",
          "080212210a176f7267616e697a6174696f6e732f612f6c697374732f6c18024a04080310041805"),
      Make<storage::v1::WorkflowRecord>(
          R"(workflow { name: "w" record_type: "person" state: OBJECT_STATE_ENABLED } status_order: "new" status_order: "dead")",
          "0a0d0a01771a06706572736f6e200112036e6577120464656164"),
      Make<storage::v1::StatusRecord>(
          R"(number: 1 status { name: "s" system_status: SYSTEM_STATUS_DEAD actions { name: "a" category: ACTION_CATEGORY_DO_NOT_CONTACT operations { add_to_dnc_list { list: "l" channels: CHANNEL_VOICE } } operations { move_to_status { status: "d" } } } })",
          "0801121d0a0173180532160a0161180122080a060a016c120101220512030a0164"),
      Make<storage::v1::EntrySummary>(
          R"(revision: 1 ordinal: 2 list: 3 channels: 4 message_classes: 5 effective_time: 6 expire_time: 7 covers_contact_points: true)",
          "08011002180320042805300638074001"),
      Make<storage::v1::LeadRecord>(
          R"(lead { name: "organizations/a/leads/l" record_type: "person" contact_points { phone: "+12125551234" } } state { status: 1 status_time: 2 nurture_until: 3 nurture_channels: 4 nurture_since: 5 entries { revision: 6 } } create_time: 7 update_time: 8 revision: 9)",
          "0a310a176f7267616e697a6174696f6e732f612f6c656164732f6c1a06706572736f6e2a0e0a0c2b31323132"
          "35353531323334120e0801100218032004280532020806180720082809"),
      Make<storage::v1::SubjectRecord>(
          R"(entries { revision: 1 ordinal: 2 list: 3 } leads { lead: "l" state { status: 4 } })",
          "0a0608011002180312070a016c12020804"),
      Make<storage::v1::EntryRecord>(
          R"(entry { name: "e" list: "l" contact_point { email: "a@b.c" } channels: CHANNEL_EMAIL message_classes: MESSAGE_CLASS_MARKETING reason: "r" evidence: "v" source: "s" actor { id: "u" origin: "o" } effective_time { seconds: 1 } expire_time { seconds: 2 } create_time { seconds: 3 } revoke_time { seconds: 4 } revoke_actor { id: "x" } revoke_evidence: "w" revision: 5 last_request_time { seconds: 6 } last_request_actor { id: "y" } last_request_evidence: "z" etag: "t" consent_time { seconds: 7 } } list: 6 covers_contact_points: true superseded { revision: 1 ordinal: 2 })",
          "0a5a0a016512016c1a0712056140622e632a01033201013a01724201764a017352060a017512016f5a0208"
          "01620208026a020803720208047a030a01788201017788010592010208069a01030a0179a201017aaa0101"
          "74b20102080710061801220408011002"),
      Make<storage::v1::RequestRecord>(
          R"(fingerprint: "f" outcome { code: 5 message: "m" error { reason: "R" domain: "d" } response: "p" revision: 6 })",
          "0a01661212080512016d1a060a01521201642201702806"),
      Make<storage::v1::AuditRecord>(
          R"(revision: 1 disposition: DISPOSITION_REPEATED mutation { organization: "a" } outcome { revision: 1 })",
          "080110031a030a016122022801"),
      Make<storage::v1::Mutation>(
          R"(organization: "a" request_id: "r" fingerprint: "f" actor { id: "u" } principal: "p" propose_time: 6 apply_action { lead: "l" action: "x" contact_points { other: "t" } request_id: "r" evidence: "e" })",
          "0a01611201721a016622030a01752a01703006c201110a016c1201781a031a01742a01723a0165"),
  };
}

class RecordsTest : public ::testing::TestWithParam<Sample> {};

TEST_P(RecordsTest, GoldenBytes) {
  const std::unique_ptr<Message> record(GetParam().type->New());
  ASSERT_TRUE(google::protobuf::TextFormat::ParseFromString(GetParam().text, record.get()));
  EXPECT_EQ(absl::BytesToHexString(record->SerializeAsString()), GetParam().hex);
}

TEST_P(RecordsTest, BytesReadBack) {
  const std::unique_ptr<Message> record(GetParam().type->New());
  ASSERT_TRUE(record->ParseFromString(absl::HexStringToBytes(GetParam().hex)));
  std::string text;
  google::protobuf::TextFormat::Printer printer;
  printer.SetSingleLineMode(true);
  ASSERT_TRUE(printer.PrintToString(*record, &text));
  EXPECT_EQ(std::string(absl::StripTrailingAsciiWhitespace(text)), GetParam().text);
}

INSTANTIATE_TEST_SUITE_P(All, RecordsTest, ::testing::ValuesIn(Samples()),
                         [](const auto& info) { return info.param.name; });

// "message field = number type", for the message and all that it contains.
void ListFields(const Descriptor& message, std::set<const Descriptor*>* seen,
                std::set<std::string>* fields) {
  if (!seen->insert(&message).second) return;
  for (int i = 0; i < message.field_count(); ++i) {
    const FieldDescriptor& field = *message.field(i);
    const Descriptor* content = field.message_type();
    std::string type = content != nullptr ? content->full_name() : field.type_name();
    if (field.enum_type() != nullptr) type = field.enum_type()->full_name();
    fields->insert(absl::StrCat(message.full_name(), " ", field.name(), " = ", field.number(), " ",
                                field.is_repeated() ? "repeated " : "", type));
    if (content != nullptr) ListFields(*content, seen, fields);
  }
}

TEST(PersistedFieldsTest, AreNeverRenumbered) {
  std::set<const Descriptor*> seen;
  std::set<std::string> fields;
  for (const google::protobuf::FileDescriptor* file :
       {storage::v1::StoreRecord::descriptor()->file(),
        storage::v1::Mutation::descriptor()->file()}) {
    for (int i = 0; i < file->message_type_count(); ++i) {
      ListFields(*file->message_type(i), &seen, &fields);
    }
  }
  std::set<std::string> written;
  std::ifstream in(kFieldsFile);
  for (std::string line; std::getline(in, line);) written.insert(line);
  ASSERT_FALSE(written.empty()) << kFieldsFile << " is missing";
  for (const std::string& line : written) {
    EXPECT_EQ(fields.count(line), 1u) << "gone or changed, which no store survives: " << line;
  }
  for (const std::string& line : fields) {
    EXPECT_EQ(written.count(line), 1u) << "new: add it to " << kFieldsFile << ": " << line;
  }
}

}  // namespace
}  // namespace dnc
