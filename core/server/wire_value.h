// Single values as the protocol's text and binary forms.
#pragma once

#include <string>

#include "core/protocol/row_writer.h"
#include "core/server/wire_sink.h"
#include "core/types/value.h"

namespace sixfold::server {

/// `scratch` is the caller's, for values that have to be converted first.
void WriteTextValue(protocol::TextRow* row, const WireColumn& column, const types::Value& value,
                    std::string* scratch);
void WriteBinaryValue(protocol::BinaryRow* row, const WireColumn& column, const types::Value& value,
                      std::string* scratch);

}  // namespace sixfold::server
