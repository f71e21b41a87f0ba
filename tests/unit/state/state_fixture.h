// A state machine on a store in a folder of its own, and mutations for it as a proposer makes them.
#ifndef DNC_TESTS_UNIT_STATE_STATE_FIXTURE_H_
#define DNC_TESTS_UNIT_STATE_STATE_FIXTURE_H_

#include <gtest/gtest.h>

#include <array>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "server/state/state_machine.h"
#include "tests/contract/temp_dir.h"

namespace dnc::testing {

// All rows of the store, by family.
using Dump = std::array<std::map<std::string, std::string>, kFamilyNames.size()>;

// One store and the state machine on it.
class Gateway {
 public:
  Gateway() { Open(); }

  // Closes both and opens them again.
  void Open();
  // Applies the mutations as one batch.
  std::vector<Outcome> Apply(const std::vector<Mutation>& mutations);
  Outcome Apply(const Mutation& mutation) { return Apply(std::vector<Mutation>{mutation}).front(); }

  Dump Rows() const;
  // Configuration and lists as text, whatever of it is held in memory.
  std::string CatalogText() const;
  // Whether the filter knows every contact point of the store.
  bool FilterIsComplete() const;

  Store& store() { return *store_; }
  StateMachine& state() { return *state_; }
  // Closes the state machine, for tests that change the store beneath it.
  void CloseState() { state_.reset(); }
  absl::Status OpenState();
  // Closes both, for tests that change the store's files.
  void Close();
  void OpenStore();
  std::string store_dir() const { return dir_.Path("store"); }

 private:
  const TempDir dir_;
  std::unique_ptr<Store> store_;
  std::unique_ptr<StateMachine> state_;
};

// Mutations of the organization "acme"; request_id empty: not idempotent.
Mutation CreateAcme();
Mutation ApplySales();
Mutation OptOutLead(const std::string& lead, const std::vector<std::string>& phones,
                    const std::string& request_id = "");
Mutation AddPhoneEntry(const std::string& phone, const std::string& request_id = "");
Mutation RevokeEntry(const std::string& entry);
Mutation UpsertLead(const std::string& lead, const std::vector<std::string>& phones);
Mutation CreateRegistry(const std::string& id);
// One with that body, e.g. "apply_action { lead: '~/leads/l' }", in which "~" stands for
// "organizations/acme" and "~s/" for the statuses of its workflow `sales`.
Mutation FromText(const std::string& body, const std::string& request_id = "");

// CreateAcme and ApplySales, applied.
void SetUpAcme(Gateway* gateway);

}  // namespace dnc::testing

#endif  // DNC_TESTS_UNIT_STATE_STATE_FIXTURE_H_
