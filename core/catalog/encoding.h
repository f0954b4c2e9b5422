// Definitions as values of catalog rows, and back (docs/formats/catalog.md).
//
// Each value starts with a version byte. Fields follow in a fixed order, numbers as varints, texts
// with their length in front. New fields are only ever appended: a decoder takes what is there and
// leaves the rest at its default, so that a program reads what a newer one of the same version
// wrote. Decoding returns null where the bytes make no sense.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "core/catalog/definitions.h"

namespace sixfold::catalog {

inline constexpr uint8_t kDefinitionVersion = 1;

std::string EncodeSchema(const SchemaDef& schema);
std::string EncodeTable(const TableDef& table);
std::string EncodeView(const ViewDef& view);

std::shared_ptr<SchemaDef> DecodeSchema(std::string_view bytes);
std::shared_ptr<TableDef> DecodeTable(std::string_view bytes);
std::shared_ptr<ViewDef> DecodeView(std::string_view bytes);

}  // namespace sixfold::catalog
