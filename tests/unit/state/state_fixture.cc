#include "tests/unit/state/state_fixture.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "google/protobuf/text_format.h"

namespace dnc::testing {
namespace {

// Small enough that records give way to one another.
constexpr size_t kCacheBytes = 4096;
constexpr char kNew[] = "organizations/acme/workflows/sales/statuses/new";
constexpr char kDead[] = "organizations/acme/workflows/sales/statuses/dead";

Mutation Start(const std::string& organization, const std::string& request_id) {
  Mutation mutation;
  mutation.set_organization(organization);
  mutation.set_request_id(request_id);
  if (!request_id.empty()) mutation.set_fingerprint(absl::StrCat("of ", request_id));
  mutation.mutable_actor()->set_id("tests");
  mutation.set_propose_time(1'700'000'000'000'000);
  return mutation;
}

}  // namespace

void Gateway::Close() {
  state_.reset();
  store_.reset();
}

void Gateway::OpenStore() {
  StoreOptions options;
  options.dir = store_dir();
  options.block_cache_bytes = 8u << 20;
  options.write_buffer_bytes = 1u << 20;
  absl::StatusOr<std::unique_ptr<Store>> store = Store::Open(options);
  ASSERT_TRUE(store.ok()) << store.status();
  store_ = *std::move(store);
}

void Gateway::Open() {
  Close();
  OpenStore();
  const absl::Status opened = OpenState();
  ASSERT_TRUE(opened.ok()) << opened;
}

absl::Status Gateway::OpenState() {
  absl::StatusOr<std::unique_ptr<StateMachine>> state =
      StateMachine::Create(store_.get(), StateOptions{kCacheBytes, {}});
  const absl::Status status = state.status();
  if (status.ok()) state_ = *std::move(state);
  return status;
}

std::vector<Outcome> Gateway::Apply(const std::vector<Mutation>& mutations) {
  std::vector<LogEntry> entries;
  int64_t revision = state_->applied_revision();
  for (const Mutation& mutation : mutations) entries.push_back({++revision, mutation});
  std::vector<Outcome> outcomes;
  const absl::Status applied = state_->Apply(entries, &outcomes);
  EXPECT_TRUE(applied.ok()) << applied;
  EXPECT_EQ(outcomes.size(), mutations.size());
  outcomes.resize(mutations.size());
  return outcomes;
}

Dump Gateway::Rows() const {
  Dump dump;
  for (size_t i = 0; i < dump.size(); ++i) {
    const absl::Status scanned = store_->Latest().Scan(
        static_cast<Family>(i), "", "", [&](absl::string_view key, absl::string_view value) {
          dump[i].emplace(std::string(key), std::string(value));
          return true;
        });
    EXPECT_TRUE(scanned.ok()) << scanned;
  }
  return dump;
}

std::string Gateway::CatalogText() const {
  const StateMachine::ViewGuard view = state_->Read();
  std::string text = absl::StrCat("revision ", view->revision, "\n");
  for (const auto& [id, organization] : view->catalog->organizations) {
    absl::StrAppend(&text, id, " ", organization->record.ShortDebugString(), "\n");
    for (const auto& [list_id, list] : organization->lists) {
      absl::StrAppend(&text, list_id, " ", list->record.ShortDebugString(), "\n");
    }
    for (const auto& [workflow_id, workflow] : organization->workflows) {
      absl::StrAppend(&text, workflow_id, " ", workflow->ToProto().ShortDebugString(), "\n");
    }
    const CatalogAccess& access = *organization->access;
    for (const auto& [role_id, role] : access.roles) {
      absl::StrAppend(&text, role_id, " ", role->ShortDebugString(), "\n");
    }
    for (const auto& [binding_id, binding] : access.bindings) {
      absl::StrAppend(&text, binding_id, " ", binding->ShortDebugString(), "\n");
    }
    for (const auto& [group_id, group] : access.groups) {
      absl::StrAppend(&text, group_id, " ", group->ShortDebugString(), "\n");
    }
    for (const auto& status : organization->statuses_by_number) {
      absl::StrAppend(&text, status == nullptr ? "none" : status->record.ShortDebugString(), "\n");
    }
  }
  return text;
}

bool Gateway::FilterIsComplete() const {
  const StateMachine::ViewGuard view = state_->Read();
  bool complete = true;
  const absl::Status scanned =
      view->reader->Scan(Family::kSubjects, "", "", [&](absl::string_view key, absl::string_view) {
        const SubjectFilter* table =
            SubjectFilter::IsGlobal(key) ? view->global_subjects : view->subjects;
        complete = complete && table->MayContain(SubjectFilter::Hash(key));
        return true;
      });
  return scanned.ok() && complete;
}

Mutation CreateAcme() {
  Mutation mutation = Start("global", "");
  mutation.mutable_create_organization()->set_organization_id("acme");
  mutation.mutable_create_organization()->mutable_organization()->set_default_region("US");
  return mutation;
}

Mutation ApplySales() {
  Mutation mutation = Start("acme", "");
  v1::Workflow* workflow = mutation.mutable_apply_workflow()->mutable_workflow();
  workflow->set_name("organizations/acme/workflows/sales");
  workflow->set_record_type("person");
  workflow->set_state(v1::OBJECT_STATE_ENABLED);
  v1::Status* fresh = workflow->add_statuses();
  fresh->set_name(kNew);
  fresh->set_system_status(v1::SYSTEM_STATUS_NEW);
  fresh->set_state(v1::OBJECT_STATE_ENABLED);
  v1::Action* action = fresh->add_actions();
  action->set_name(absl::StrCat(kNew, "/actions/opt-out"));
  action->set_display_name("Opt out");
  action->set_category(v1::ACTION_CATEGORY_DO_NOT_CONTACT);
  action->set_state(v1::OBJECT_STATE_ENABLED);
  action->add_operations()->mutable_add_to_dnc_list();
  action->add_operations()->mutable_move_to_status()->set_status(kDead);
  v1::Status* dead = workflow->add_statuses();
  dead->set_name(kDead);
  dead->set_system_status(v1::SYSTEM_STATUS_DEAD);
  dead->set_state(v1::OBJECT_STATE_ENABLED);
  return mutation;
}

Mutation OptOutLead(const std::string& lead, const std::vector<std::string>& phones,
                    const std::string& request_id) {
  Mutation mutation = Start("acme", request_id);
  v1::ApplyActionRequest* request = mutation.mutable_apply_action();
  request->set_lead(absl::StrCat("organizations/acme/leads/", lead));
  request->set_action(absl::StrCat(kNew, "/actions/opt-out"));
  request->mutable_actor()->set_id("tests");
  for (const std::string& phone : phones) request->add_contact_points()->set_phone(phone);
  return mutation;
}

Mutation AddPhoneEntry(const std::string& phone, const std::string& request_id) {
  Mutation mutation = Start("acme", request_id);
  v1::Entry* entry = mutation.mutable_add_entry()->mutable_entry();
  entry->mutable_contact_point()->set_phone(phone);
  entry->set_reason("asked");
  return mutation;
}

Mutation RevokeEntry(const std::string& entry) {
  Mutation mutation = Start("acme", "");
  mutation.mutable_revoke_entry()->set_name(absl::StrCat("organizations/acme/entries/", entry));
  mutation.mutable_revoke_entry()->set_evidence("signed");
  return mutation;
}

Mutation UpsertLead(const std::string& lead, const std::vector<std::string>& phones) {
  Mutation mutation = Start("acme", "");
  v1::Lead* wanted = mutation.mutable_upsert_lead()->mutable_lead();
  wanted->set_name(absl::StrCat("organizations/acme/leads/", lead));
  wanted->set_record_type("person");
  wanted->set_status(kNew);
  for (const std::string& phone : phones) wanted->add_contact_points()->set_phone(phone);
  return mutation;
}

Mutation CreateRegistry(const std::string& id) {
  Mutation mutation = Start("acme", "");
  mutation.mutable_create_list()->set_list_id(id);
  mutation.mutable_create_list()->mutable_list()->set_kind(v1::LIST_KIND_REGISTRY);
  return mutation;
}

Mutation FromText(const std::string& body, const std::string& request_id) {
  Mutation mutation = Start("acme", request_id);
  const std::string text = absl::StrReplaceAll(
      body, {{"~s/", "organizations/acme/workflows/sales/statuses/"}, {"~", "organizations/acme"}});
  EXPECT_TRUE(google::protobuf::TextFormat::MergeFromString(text, &mutation)) << text;
  return mutation;
}

void SetUpAcme(Gateway* gateway) {
  for (const Outcome& outcome : gateway->Apply({CreateAcme(), ApplySales()})) {
    ASSERT_EQ(outcome.code(), 0) << outcome.message();
  }
}

}  // namespace dnc::testing
