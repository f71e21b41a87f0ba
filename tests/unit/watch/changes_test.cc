#include "server/watch/changes.h"

#include <gmock/gmock.h>
#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace dnc {
namespace {

using storage::v1::AuditedObject;
using storage::v1::AuditRecord;
using testing::ElementsAre;
using testing::IsEmpty;

template <typename Message>
std::string Bytes(const std::string& text) {
  Message message;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &message)) << text;
  return message.SerializeAsString();
}

template <typename Message>
AuditRecord Changed(AuditedObject::Kind kind, const std::string& before, const std::string& after) {
  AuditRecord record;
  record.set_revision(7);
  record.set_disposition(AuditRecord::DISPOSITION_APPLIED);
  AuditedObject* object = record.add_objects();
  object->set_kind(kind);
  if (!before.empty()) object->set_before(Bytes<Message>(before));
  if (!after.empty()) object->set_after(Bytes<Message>(after));
  return record;
}

std::vector<std::string> Kinds(const AuditRecord& record) {
  std::vector<std::string> kinds;
  const auto changes = ChangesOf(record, {});
  EXPECT_TRUE(changes.ok());
  for (const v1::Change& change : *changes) {
    kinds.push_back(v1::ChangeKind_Name(change.kind()).substr(12));
  }
  return kinds;
}

std::vector<std::string> LeadKinds(const std::string& before, const std::string& after) {
  return Kinds(Changed<v1::Lead>(AuditedObject::KIND_LEAD, before, after));
}

TEST(ChangesTest, OfLeads) {
  EXPECT_THAT(LeadKinds("", "name: 'l'"), ElementsAre("LEAD_CREATED"));
  EXPECT_THAT(LeadKinds("", "name: 'l' do_not_contact: true"),
              ElementsAre("LEAD_CREATED", "LEAD_FLAGGED"));
  EXPECT_THAT(LeadKinds("name: 'l' display_name: 'a'", "name: 'l' display_name: 'b'"), IsEmpty());
  EXPECT_THAT(LeadKinds("name: 'l' status: 'a'", "name: 'l' status: 'b'"),
              ElementsAre("LEAD_MOVED"));
  EXPECT_THAT(LeadKinds("name: 'l' status: 'a' status_time { seconds: 1 }",
                        "name: 'l' status: 'a' status_time { seconds: 2 }"),
              ElementsAre("LEAD_MOVED"));
  EXPECT_THAT(LeadKinds("name: 'l' do_not_contact: true", "name: 'l'"),
              ElementsAre("LEAD_UNFLAGGED"));
  EXPECT_THAT(
      LeadKinds("name: 'l' nurture_until { seconds: 5 }", "name: 'l' nurture_until { seconds: 9 }"),
      ElementsAre("LEAD_NURTURED"));
  EXPECT_THAT(LeadKinds("name: 'l' contact_points { phone: '1' }",
                        "name: 'l' contact_points { phone: '1' } contact_points { phone: '2' }"),
              ElementsAre("CONTACT_POINTS_CHANGED"));
  EXPECT_THAT(LeadKinds("name: 'l'", "name: 'l' delete_time { seconds: 1 }"),
              ElementsAre("LEAD_DELETED"));
  EXPECT_THAT(LeadKinds("name: 'l' delete_time { seconds: 1 }", "name: 'l' do_not_contact: true"),
              ElementsAre("LEAD_CREATED", "LEAD_FLAGGED"));
  EXPECT_THAT(LeadKinds("name: 'l' delete_time { seconds: 1 }",
                        "name: 'l' delete_time { seconds: 1 } display_name: 'x'"),
              IsEmpty());
}

TEST(ChangesTest, OfAMergeOnlyTheSourceIsGone) {
  AuditRecord record = Changed<v1::Lead>(AuditedObject::KIND_LEAD, "name: 'a'",
                                         "name: 'a' delete_time { seconds: 1 }");
  record.mutable_mutation()->mutable_merge_leads()->set_source("a");
  record.mutable_mutation()->mutable_merge_leads()->set_target("b");
  EXPECT_THAT(Kinds(record), ElementsAre("LEAD_MERGED"));
  EXPECT_EQ(ChangesOf(record, {})->front().merged_into(), "b");
}

TEST(ChangesTest, OfEntries) {
  const auto kinds = [](const std::string& before, const std::string& after) {
    return Kinds(Changed<v1::Entry>(AuditedObject::KIND_ENTRY, before, after));
  };
  EXPECT_THAT(kinds("", "name: 'e'"), ElementsAre("ENTRY_ADDED"));
  EXPECT_THAT(kinds("name: 'e'", "name: 'e' revoke_time { seconds: 1 }"),
              ElementsAre("ENTRY_REVOKED"));
  EXPECT_THAT(kinds("name: 'e'", "name: 'e' last_request_time { seconds: 1 }"),
              ElementsAre("ENTRY_UPDATED"));
  AuditRecord imported = Changed<v1::Entry>(AuditedObject::KIND_ENTRY, "", "name: 'e'");
  imported.mutable_mutation()->mutable_import_entries();
  EXPECT_THAT(Kinds(imported), ElementsAre("ENTRY_IMPORTED"));
}

TEST(ChangesTest, OfStatusesAndLists) {
  const auto status = [](const std::string& before, const std::string& after) {
    return Kinds(Changed<v1::Status>(AuditedObject::KIND_STATUS, before, after));
  };
  EXPECT_THAT(status("", "name: 's' restriction {}"), IsEmpty());
  EXPECT_THAT(status("name: 's'", "name: 's' restriction {}"), ElementsAre("STATUS_CHANGED"));
  EXPECT_THAT(status("name: 's' restriction {}", "name: 's' restriction { channels: CHANNEL_SMS }"),
              ElementsAre("STATUS_CHANGED"));
  EXPECT_THAT(status("name: 's'", "name: 's' display_name: 'x'"), IsEmpty());
  EXPECT_THAT(
      status("name: 's' state: OBJECT_STATE_ENABLED", "name: 's' state: OBJECT_STATE_ARCHIVED"),
      ElementsAre("STATUS_CHANGED"));
  const auto list = [](const std::string& before, const std::string& after) {
    return Kinds(Changed<v1::DncList>(AuditedObject::KIND_LIST, before, after));
  };
  EXPECT_THAT(list("", "name: 'l'"), IsEmpty());
  EXPECT_THAT(list("name: 'l'", "name: 'l' active_version { version: 1 }"),
              ElementsAre("LIST_VERSION_ACTIVATED"));
  EXPECT_THAT(list("name: 'l' channels: CHANNEL_SMS",
                   "name: 'l' channels: CHANNEL_SMS channels: CHANNEL_VOICE"),
              ElementsAre("LIST_CHANGED"));
  EXPECT_THAT(list("name: 'l' channels: CHANNEL_SMS channels: CHANNEL_VOICE",
                   "name: 'l' channels: CHANNEL_VOICE channels: CHANNEL_SMS display_name: 'x'"),
              IsEmpty());
  EXPECT_THAT(list("name: 'l' message_classes: MESSAGE_CLASS_MARKETING", "name: 'l'"),
              ElementsAre("LIST_CHANGED"));
  EXPECT_THAT(list("name: 'l'", "name: 'l' max_age { seconds: 60 }"), ElementsAre("LIST_CHANGED"));
}

TEST(ChangesTest, WhatWasRefusedOrRepeatedChangedNothing) {
  AuditRecord record = Changed<v1::Entry>(AuditedObject::KIND_ENTRY, "", "name: 'e'");
  record.set_disposition(AuditRecord::DISPOSITION_REPEATED);
  EXPECT_THAT(Kinds(record), IsEmpty());
}

TEST(ChangesTest, AnEntryThatIsOnlyCountedIsToldAsItWasAdded) {
  AuditRecord record;
  record.set_revision(7);
  record.set_disposition(AuditRecord::DISPOSITION_APPLIED);
  v1::Entry entry;
  ASSERT_TRUE(google::protobuf::TextFormat::ParseFromString(
      "name: 'e' reason: 'asked' revoke_time { seconds: 1 } revoke_evidence: 'x' etag: '99'",
      &entry));
  const auto changes = ChangesOf(record, {entry});
  ASSERT_TRUE(changes.ok());
  ASSERT_EQ(changes->size(), 1u);
  EXPECT_EQ(changes->front().entry().ShortDebugString(),
            "name: \"e\" reason: \"asked\" etag: \"7\"");
}

TEST(ChangesTest, AnObjectThatCannotBeReadIsAnError) {
  AuditRecord record = Changed<v1::Entry>(AuditedObject::KIND_ENTRY, "", "name: 'e'");
  record.mutable_objects(0)->set_after("\xff");
  EXPECT_FALSE(ChangesOf(record, {}).ok());
}

TEST(ChangeFilterTest, ARestrictionOfAllChannelsConcernsEachOfThem) {
  ChangeFilter filter;
  filter.channels = 1u << v1::CHANNEL_SMS;
  v1::Change change;
  change.mutable_entry();
  EXPECT_TRUE(filter.Wants(change));
  change.mutable_entry()->add_channels(v1::CHANNEL_VOICE);
  EXPECT_FALSE(filter.Wants(change));
  change.mutable_status();
  EXPECT_TRUE(filter.Wants(change));  // it restricts nothing any more
  change.mutable_lead();
  EXPECT_TRUE(filter.Wants(change));
}

}  // namespace
}  // namespace dnc
