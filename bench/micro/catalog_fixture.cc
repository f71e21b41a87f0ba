#include "bench/micro/catalog_fixture.h"

#include <algorithm>
#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"

namespace dnc::bench {
namespace {

constexpr int kRegistries = 4;
constexpr uint64_t kNumbers = 100'000;

std::shared_ptr<const NumberSet> MakeNumbers(int registry) {
  std::vector<uint64_t> numbers;
  for (uint64_t i = 0; i < kNumbers; ++i) {
    numbers.push_back(BenchPhone(10'000'000 + static_cast<uint64_t>(registry) * kNumbers + i));
  }
  std::sort(numbers.begin(), numbers.end());
  NumberSet::Builder builder;
  for (const uint64_t number : numbers) {
    if (!builder.Add(number).ok()) std::abort();
  }
  return std::move(builder).Build();
}

std::shared_ptr<CatalogList> MakeList(const std::string& organization, const std::string& id,
                                      uint32_t number, v1::ListKind kind) {
  storage::v1::ListRecord record;
  record.set_number(number);
  record.mutable_list()->set_name(absl::StrCat("organizations/", organization, "/lists/", id));
  record.mutable_list()->set_kind(kind);
  return std::make_shared<CatalogList>(std::move(record));
}

std::shared_ptr<CatalogOrganization> MakeOrganization(const std::string& id, uint32_t number) {
  auto organization = std::make_shared<CatalogOrganization>();
  organization->id = id;
  organization->record.set_number(number);
  organization->record.mutable_organization()->set_name(absl::StrCat("organizations/", id));
  organization->record.mutable_organization()->set_default_region("US");
  organization->PutList(MakeList(id, kInternalList, 0, v1::LIST_KIND_INTERNAL));
  return organization;
}

}  // namespace

std::shared_ptr<const Catalog> MakeCatalog() {
  auto catalog = std::make_shared<Catalog>();
  catalog->organizations[kGlobalOrganization] =
      MakeOrganization(kGlobalOrganization, kGlobalNumber);
  const auto bench = MakeOrganization("bench", kBenchNumber);
  for (int i = 0; i < kRegistries; ++i) {
    const auto list = MakeList("bench", absl::StrCat("registry-", i), static_cast<uint32_t>(i) + 1,
                               v1::LIST_KIND_REGISTRY);
    list->record.mutable_list()->mutable_active_version()->set_version(1);
    list->as_of = kNow - 1'000'000;
    list->numbers = MakeNumbers(i);
    bench->PutList(list);
  }
  catalog->organizations["bench"] = bench;
  return catalog;
}

Question MakeQuestion(const Catalog& catalog) {
  Question question;
  question.organization = catalog.Find("bench");
  question.global = &catalog.global();
  question.channel = v1::CHANNEL_VOICE;
  question.now = kNow;
  question.max_validity_micros = 60'000'000;
  return question;
}

}  // namespace dnc::bench
