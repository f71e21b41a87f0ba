// Diagnoses on a real server.
#ifndef DNC_TESTS_INTEGRATION_DIAGNOSE_FIXTURE_H_
#define DNC_TESTS_INTEGRATION_DIAGNOSE_FIXTURE_H_

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "dnc/v1/diagnose.pb.h"
#include "tests/integration/permit_fixture.h"

namespace dnc {

class DiagnoseFixture : public PermitTest {
 protected:
  using Finding = v1::Finding;

  void SetUp() override {
    PermitTest::SetUp();
    Bind("agent", "kim");
  }

  // "CAUSE ACTION_DISABLED sales/new/dnc" without the organization's part of the name.
  static std::string Told(const Finding& finding) {
    constexpr absl::string_view kOrganization = "organizations/acme";
    absl::string_view object = finding.object();
    if (absl::ConsumePrefix(&object, kOrganization) && !object.empty()) object.remove_prefix(1);
    return absl::StrCat(Finding::Severity_Name(finding.severity()).substr(9), " ",
                        Finding::Kind_Name(finding.kind()).substr(5), object.empty() ? "" : " ",
                        object);
  }
  template <typename Response>
  static std::vector<std::string> ToldOf(const Response& response) {
    std::vector<std::string> told;
    for (const Finding& finding : response.findings()) told.push_back(Told(finding));
    return told;
  }
  template <typename Response>
  static Finding FindingOfKind(const Response& response, Finding::Kind kind) {
    for (const Finding& finding : response.findings()) {
      if (finding.kind() == kind) return finding;
    }
    ADD_FAILURE() << "no " << Finding::Kind_Name(kind) << " in " << response.ShortDebugString();
    return Finding();
  }

  // Changes the DNC action of the status `new`.
  void ChangeDnc(absl::string_view more) {
    Must<v1::UpdateActionRequest>(
        absl::StrCat("allow_dropping_dnc: true action { name: '~s/new/actions/dnc' operations { "
                     "add_to_dnc_list {} } operations { move_to_status { status: '~s/closed' } } ",
                     more, " }"));
  }
};

}  // namespace dnc

#endif  // DNC_TESTS_INTEGRATION_DIAGNOSE_FIXTURE_H_
