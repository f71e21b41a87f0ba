// Builds organizations of the catalog out of text protos.
#ifndef DNC_TESTS_UNIT_CATALOG_CATALOG_BUILDER_H_
#define DNC_TESTS_UNIT_CATALOG_CATALOG_BUILDER_H_

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "google/protobuf/text_format.h"
#include "server/catalog/catalog.h"

namespace dnc {

// The message that the text describes; a text that cannot be read fails the test.
template <typename Message>
Message FromText(const std::string& text) {
  Message message;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &message)) << text;
  return message;
}

// An organization without anything in it.
CatalogOrganization MakeOrganization(const std::string& id, uint32_t number);

// Adds a list; its id stands in `name`, and its number is the next from 1. A registry with a
// version has an empty set of numbers.
void AddList(const std::string& list, CatalogOrganization* organization);

// Adds a workflow with its statuses and actions, whose ids stand in `name`; statuses are numbered
// from 0 through all workflows. States that are not given are ENABLED.
void AddWorkflow(const std::string& workflow, CatalogOrganization* organization);

}  // namespace dnc

#endif  // DNC_TESTS_UNIT_CATALOG_CATALOG_BUILDER_H_
