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
#include "dnc/storage/v1/recording.pb.h"

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
      Make<storage::v1::RoleRecord>(
          R"(role { name: "organizations/a/roles/r" display_name: "R" description: "d" permissions: "leads.read" create_time { seconds: 1 } etag: "2" })",
          "0a320a176f7267616e697a6174696f6e732f612f726f6c65732f721201521a0164220a6c656164732e726561"
          "64320208013a0132"),
      Make<storage::v1::BindingRecord>(
          R"(binding { name: "organizations/a/bindings/b" role: "organizations/a/roles/agent" group: "organizations/a/groups/g" scope: "organizations/a" create_time { seconds: 1 } etag: "2" })",
          "0a6b0a1a6f7267616e697a6174696f6e732f612f62696e64696e67732f62121b6f7267616e697a6174696f6e"
          "732f612f726f6c65732f6167656e7422186f7267616e697a6174696f6e732f612f67726f7570732f672a0f6f"
          "7267616e697a6174696f6e732f61320208013a0132"),
      Make<storage::v1::GroupRecord>(
          R"(group { name: "organizations/a/groups/g" display_name: "G" members: "users/kim" workflows { workflow: "organizations/a/workflows/w" synced_etag: "3" sync_time { seconds: 4 } } create_time { seconds: 1 } etag: "2" })",
          "0a550a186f7267616e697a6174696f6e732f612f67726f7570732f671201471a0975736572732f6b696d2224"
          "0a1b6f7267616e697a6174696f6e732f612f776f726b666c6f77732f771201331a020804320208013a0132"),
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
      Make<storage::v1::OptOutRecord>(
          R"(opt_out { name: "o" contact_point { phone: "+1" } lead: "l" received_time { seconds: 1 } keyword_reply { text: "t" medium: REPLY_MEDIUM_SMS language: "fr" } message_id: "m" replied_class: MESSAGE_CLASS_MARKETING brand: "b" campaign: "c" evidence: "e" outcome: OPT_OUT_OUTCOME_REVIEW keyword: "k" blocks: true entries: "1-0" review: "r" effective_time { seconds: 2 } deadline { seconds: 3 } deadline_rule: "d" delay { seconds: 1 } actor { id: "u" } revision: 4 review_cause: "x" })",
          "0a5e0a016f12040a022b311a016c220208012a090a017410011a02667252016d58016201626a0163"
          "820101658801029201016b980101a20103312d30b2010172c201020802ca01020803d2010164da01"
          "020801ea01030a0175f00104fa010178"),
      Make<storage::v1::OptOutMessageRecord>(R"(revision: 300)", "08ac02"),
      Make<storage::v1::ReviewRecord>(
          R"(review { name: "r" kind: REVIEW_KIND_NEAR_MISS state: REVIEW_STATE_DISMISSED opt_out { revision: 4 } pending_entries: "1-0" revoked_entries: "1-0" resolve_time { seconds: 5 } resolve_actor { id: "u" } resolve_reason: "w" etag: "6" })",
          "0a250a0172100118032203f001042a03312d303a03312d30420208054a030a01755201775a0136"),
      Make<storage::v1::TemplateRecord>(
          R"(template { name: "t" display_name: "T" record_type: "contact" actions { name: "a" } version: 2 create_time { seconds: 1 } update_time { seconds: 2 } etag: "3" } deleted: true)",
          "0a210a01741201541a07636f6e7461637422030a01612802320208013a0208024201331001"),
      Make<storage::v1::StatusRecord>(
          R"(number: 1 status { actions { name: "a" template: "t" template_version: 2 template_action { name: "b" state: OBJECT_STATE_ENABLED } } })",
          "08011211320f0a0161520174580262050a01622801"),
      Make<storage::v1::EntrySummary>(R"(revision: 1 provisional: true)", "08015001"),
      Make<storage::v1::LeadRecord>(R"(delete_time: 5 merged_into: "b")", "30053a0162"),
      Make<storage::v1::OrganizationRecord>(
          R"(number: 1 organization { dnc_action_naming { pattern: "p" description: "d" enforcement: ENFORCEMENT_WARN } })",
          "0801120a3a080a01701201641802"),
      Make<storage::v1::StatusRecord>(
          R"(number: 1 status { restriction { until_time { seconds: 5 } } actions { operations { add_to_dnc_list { expire_time { seconds: 1 } evidence_required: true } } operations { nurture { until_time { seconds: 2 } } } operations { remove_restriction { end_nurture: true lists: "l" channels: CHANNEL_SMS } } roles: "r" } visible_to_roles: "r" })",
          "0801122c22041a020805322122080a0632020801380122061a041a020802220a2208080112016c1a01024201"
          "72420172"),
      Make<storage::v1::RequestRecord>(
          R"(fingerprint: "f" outcome { code: 5 message: "m" error { reason: "R" domain: "d" } response: "p" revision: 6 })",
          "0a01661212080512016d1a060a01521201642201702806"),
      Make<storage::v1::AuditRecord>(
          R"(revision: 1 disposition: DISPOSITION_REPEATED mutation { organization: "a" } outcome { revision: 1 })",
          "080110031a030a016122022801"),
      Make<storage::v1::AuditRecord>(
          R"(revision: 1 objects { kind: KIND_LEAD name: "n" before: "b" after: "a" } entries_added: 2 hash: "h")",
          "08012a0b080612016e1a016222016130027a0168"),
      Make<storage::v1::Mutation>(
          R"(organization: "a" request_id: "r" fingerprint: "f" actor { id: "u" } principal: "p" propose_time: 6 apply_action { lead: "l" action: "x" contact_points { other: "t" } request_id: "r" evidence: "e" })",
          "0a01611201721a016622030a01752a01703006c201110a016c1201781a031a01742a01723a0165"),
      Make<storage::v1::RecordingState>(
          R"(schema_version: 1 begin_time: 2 last_batch_time: 3 closed: true disabled_since: 4 retired_until: 5 recorded: 6 dropped: 7 unordered: true)",
          "080110021803200128043005380640074801"),
      Make<storage::v1::RecordedDecision>(
          R"(kind: DECISION_KIND_CHECK time: 5 caller: "c" contact_points: "+1***" lead: "l" channel: CHANNEL_SMS message_class: MESSAGE_CLASS_MARKETING campaign: "s" brand: "b" verdict: VERDICT_DENY reasons { type: REASON_TYPE_NURTURE effect: VERDICT_DENY list: 3 global: true entry_revision: 4 entry_ordinal: 5 } revision: 6 allowed: 7 denied: 8 unknown: 9 reason_counts { type: REASON_TYPE_NURTURE count: 2 verdict: VERDICT_DENY } contact_hashes: "h" more_contact_points: true)",
          "080110051a016322052b312a2a2a2a016c300238014201734a016250025a0c0805100218032001280430"
          "0560066807700878098201060805100218028a010168900101"),
      Make<storage::v1::RecordedGap>(
          R"(cause: DECISION_GAP_CAUSE_CRASH start_time: 1 end_time: 2 count: 3)",
          "0803100118022003"),
      Make<storage::v1::RecordedContact>(
          R"(contact { contact_id: "i" contact_point: "+1***" channel: CHANNEL_SMS message_class: MESSAGE_CLASS_MARKETING lead: "l" contact_time { seconds: 1 } campaign: "s" brand: "b" outcome: "o" external_id: "x" decision: "d" reporter: "r" report_time { seconds: 2 } revision: 3 violations { kind: CONTACT_VIOLATION_KIND_AFTER_DENY uncertain: true decision: "d" entry: "e" since { seconds: 4 } message: "m" } decision_mismatch: "w" } contact_hash: "h" fingerprint: "f")",
          "0a440a016912052b312a2a2a180220012a016c320208013a01734201624a016f520"
          "1785a01646201726a"
          "02080270037a11080210011a01642201652a02080432016d8201017712"
          "01681a0166"),
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

INSTANTIATE_TEST_SUITE_P(All, RecordsTest, ::testing::ValuesIn(Samples()), [](const auto& info) {
  return absl::StrCat(info.param.name, info.index);
});

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
       {storage::v1::StoreRecord::descriptor()->file(), storage::v1::Mutation::descriptor()->file(),
        storage::v1::RecordedDecision::descriptor()->file()}) {
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
