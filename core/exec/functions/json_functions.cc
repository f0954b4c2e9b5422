// JSON functions that make documents and look into them; json_changes.cc has those that change
// them.
#include <algorithm>

#include "core/exec/functions/json_arguments.h"
#include "core/exec/functions/json_changes.h"
#include "core/exec/functions/tables.h"
#include "core/types/collation.h"
#include "core/types/convert.h"
#include "core/types/error_codes.h"
#include "core/types/result_type.h"
#include "core/types/sql_error.h"

namespace sixfold::exec {
namespace {

using types::Json;
using types::JsonPath;
using types::TypeId;
using types::Value;

void BindJsonText(FunctionCall& call, BindContext&) {
  call.set_type({.id = TypeId::kLongText,
                 .length = UINT32_MAX / 4,
                 .collation = types::FindCollation("utf8mb4_bin")});
  call.set_coercibility(2);
}
void BindJsonNumber(FunctionCall& call, BindContext&) { BindInt(call, 10); }
void BindJsonBool(FunctionCall& call, BindContext&) { BindBool(call); }

// Making.

Value EvalJsonArray(const FunctionCall& call, EvalContext& context) {
  Json array = Json::Array();
  for (size_t i = 0; i < call.args().size(); ++i) array.items.push_back(ValueArg(call, i, context));
  return JsonResult(context, array);
}

void BindJsonObject(FunctionCall& call, BindContext& context) {
  if (call.args().size() % 2 != 0)
    throw MakeError(ErrorCode::kWrongParamcountToNativeFct, "JSON_OBJECT");
  BindJson(call, context);
}

Value EvalJsonObject(const FunctionCall& call, EvalContext& context) {
  Json object = Json::Object();
  for (size_t i = 0; i < call.args().size(); i += 2) {
    const Value key = call.EvalArg(i, context);
    if (key.is_null()) throw MakeError(ErrorCode::kJsonDocumentNullKey);
    const std::string_view text =
        types::ToTextIn(key, call.arg(i).type(), types::kUtf8mb4Charset, ConversionOf(context));
    object.SetMember(text, ValueArg(call, i + 1, context));
  }
  return JsonResult(context, object);
}

Value EvalJsonQuote(const FunctionCall& call, EvalContext& context) {
  const Value value = call.EvalArg(0, context);
  if (value.is_null()) return value;
  if (!value.is_string()) throw MakeError(ErrorCode::kIncorrectType, "1", "json_quote");
  std::string quoted;
  types::AppendJsonString(
      types::ToTextIn(value, call.arg(0).type(), types::kUtf8mb4Charset, ConversionOf(context)),
      &quoted);
  return TextResult(context, quoted);
}

Value Unquoted(std::string_view text, bool is_document, EvalContext& context) {
  const bool is_string = text.size() >= 2 && text.front() == '"' && text.back() == '"';
  if (!is_string) return TextResult(context, text);
  Json json;
  std::string error;
  size_t error_at;
  if (!types::ParseJson(text, &json, &error, &error_at)) {
    if (is_document) return TextResult(context, text);
    throw MakeError(ErrorCode::kInvalidJsonTextInParam, 1, "json_unquote", error, error_at);
  }
  return TextResult(context, json.text);
}

Value EvalJsonUnquote(const FunctionCall& call, EvalContext& context) {
  const Value value = call.EvalArg(0, context);
  if (value.is_null()) return value;
  if (value.kind() == types::ValueKind::kJson) return Unquoted(value.bytes(), true, context);
  if (!value.is_string()) throw MakeError(ErrorCode::kIncorrectType, "1", "json_unquote");
  return Unquoted(
      types::ToTextIn(value, call.arg(0).type(), types::kUtf8mb4Charset, ConversionOf(context)),
      false, context);
}

// Looking.

// The values of all paths from argument `first` on; several is true where that makes an array of
// them.
bool Extract(const FunctionCall& call, size_t first, const Json& document, EvalContext& context,
             std::vector<const Json*>* found, bool* several) {
  *several = call.args().size() - first > 1;
  for (size_t i = first; i < call.args().size(); ++i) {
    JsonPath path;
    if (!PathArg(call, i, context, &path)) return false;
    *several |= path.HasWildcard();
    const auto here = types::FindInJson(document, path);
    found->insert(found->end(), here.begin(), here.end());
  }
  return true;
}

Value EvalJsonExtract(const FunctionCall& call, EvalContext& context) {
  Json document;
  std::vector<const Json*> found;
  bool several;
  if (!DocumentArg(call, 0, context, &document) ||
      !Extract(call, 1, document, context, &found, &several) || found.empty())
    return Value::Null();
  if (!several) return JsonResult(context, *found[0]);
  Json array = Json::Array();
  for (const Json* json : found) array.items.push_back(*json);
  return JsonResult(context, array);
}

// JSON_VALUE(document, path [RETURNING type]): a scalar as text, or as the call's preset type.
void BindJsonValue(FunctionCall& call, BindContext& context) {
  types::DataType type = call.type();
  if (type.id == TypeId::kNull) {
    type = {.id = TypeId::kVarchar, .length = 512, .collation = &types::kUtf8mb4Collation};
  }
  type.nullable = true;
  call.set_type(type);
  call.set_coercibility(2);
}

Value EvalJsonValue(const FunctionCall& call, EvalContext& context) {
  Json document;
  JsonPath path;
  if (!DocumentArg(call, 0, context, &document) || !PlainPathArg(call, 1, context, &path))
    return Value::Null();
  const Json* found = types::FindOneInJson(document, path, path.legs.size());
  if (found == nullptr || found->type == Json::Type::kNull) return Value::Null();
  if (call.type().id == TypeId::kJson) return JsonResult(context, *found);
  if (!found->IsScalar()) return Value::Null();
  const std::string text =
      found->type == Json::Type::kString ? found->text : types::PrintJson(*found);
  const types::DataType as_text{.id = TypeId::kVarchar, .collation = &types::kUtf8mb4Collation};
  const Value value = Value::String(context.arena->Copy(text));
  if (found->type == Json::Type::kBool && call.type().IsNumeric())
    return types::ConvertToType(Value::Int(found->integer), {.id = TypeId::kBigInt}, call.type(),
                                ConversionOf(context));
  return types::ConvertToType(value, as_text, call.type(), ConversionOf(context));
}

// The part of the document an optional path names, the whole without one. Null: no such part.
const Json* PartOf(const FunctionCall& call, size_t path_arg, Json& document,
                   EvalContext& context) {
  if (call.args().size() <= path_arg) return &document;
  JsonPath path;
  if (!PlainPathArg(call, path_arg, context, &path)) return nullptr;
  return types::FindOneInJson(document, path, path.legs.size());
}

Value EvalJsonLength(const FunctionCall& call, EvalContext& context) {
  Json document;
  if (!DocumentArg(call, 0, context, &document)) return Value::Null();
  const Json* part = PartOf(call, 1, document, context);
  if (part == nullptr) return Value::Null();
  if (part->type == Json::Type::kArray) return Value::Int(static_cast<int64_t>(part->items.size()));
  return Value::Int(part->type == Json::Type::kObject ? static_cast<int64_t>(part->members.size())
                                                      : 1);
}

int64_t DepthOf(const Json& json) {
  int64_t deepest = 0;
  for (const Json& item : json.items) deepest = std::max(deepest, DepthOf(item));
  for (const auto& [key, member] : json.members) deepest = std::max(deepest, DepthOf(member));
  return deepest + 1;
}

Value EvalJsonDepth(const FunctionCall& call, EvalContext& context) {
  Json document;
  return DocumentArg(call, 0, context, &document) ? Value::Int(DepthOf(document)) : Value::Null();
}

Value EvalJsonType(const FunctionCall& call, EvalContext& context) {
  Json document;
  return DocumentArg(call, 0, context, &document)
             ? TextResult(context, types::JsonTypeName(document))
             : Value::Null();
}

Value EvalJsonValid(const FunctionCall& call, EvalContext& context) {
  const Value value = call.EvalArg(0, context);
  if (value.is_null()) return value;
  if (value.kind() == types::ValueKind::kJson) return Value::Bool(true);
  if (!value.is_string()) return Value::Bool(false);
  Json json;
  std::string error;
  size_t error_at;
  const std::string_view text =
      types::ToTextIn(value, call.arg(0).type(), types::kUtf8mb4Charset, ConversionOf(context));
  return Value::Bool(types::ParseJson(text, &json, &error, &error_at));
}

Value EvalJsonKeys(const FunctionCall& call, EvalContext& context) {
  Json document;
  if (!DocumentArg(call, 0, context, &document)) return Value::Null();
  const Json* part = PartOf(call, 1, document, context);
  if (part == nullptr || part->type != Json::Type::kObject) return Value::Null();
  Json keys = Json::Array();
  for (const auto& [key, member] : part->members) keys.items.push_back(Json::String(key));
  return JsonResult(context, keys);
}

// An array contains what one of its items contains, or all items of an array; an object contains an
// object whose members it has and contains; scalars contain their equals.
bool Contains(const Json& target, const Json& candidate) {
  if (target.type == Json::Type::kArray) {
    if (candidate.type == Json::Type::kArray) {
      return std::all_of(candidate.items.begin(), candidate.items.end(),
                         [&](const Json& item) { return Contains(target, item); });
    }
    return std::any_of(target.items.begin(), target.items.end(),
                       [&](const Json& item) { return Contains(item, candidate); });
  }
  if (target.type == Json::Type::kObject) {
    if (candidate.type != Json::Type::kObject) return false;
    return std::all_of(candidate.members.begin(), candidate.members.end(), [&](const auto& member) {
      const Json* own = target.Member(member.first);
      return own != nullptr && Contains(*own, member.second);
    });
  }
  return types::CompareJson(target, candidate) == 0;
}

Value EvalJsonContains(const FunctionCall& call, EvalContext& context) {
  Json document, candidate;
  if (!DocumentArg(call, 0, context, &document) || !DocumentArg(call, 1, context, &candidate))
    return Value::Null();
  const Json* part = PartOf(call, 2, document, context);
  return part == nullptr ? Value::Null() : Value::Bool(Contains(*part, candidate));
}

bool OneOrAll(const FunctionCall& call, size_t i, EvalContext& context, bool* one) {
  const Value value = call.EvalArg(i, context);
  if (value.is_null()) return false;
  const std::string_view text =
      types::ToTextIn(value, call.arg(i).type(), types::kUtf8mb4Charset, ConversionOf(context));
  *one = types::EqualsIgnoreAsciiCase(text, "one");
  if (!*one && !types::EqualsIgnoreAsciiCase(text, "all"))
    throw MakeError(ErrorCode::kJsonBadOneOrAllArg, call.def().name);
  return true;
}

Value EvalJsonContainsPath(const FunctionCall& call, EvalContext& context) {
  Json document;
  bool one;
  if (!DocumentArg(call, 0, context, &document) || !OneOrAll(call, 1, context, &one))
    return Value::Null();
  for (size_t i = 2; i < call.args().size(); ++i) {
    JsonPath path;
    if (!PathArg(call, i, context, &path)) return Value::Null();
    const bool exists = !types::FindInJson(document, path).empty();
    if (exists == one) return Value::Bool(one);
  }
  return Value::Bool(!one);
}

Value EvalJsonOverlaps(const FunctionCall& call, EvalContext& context) {
  Json a, b;
  if (!DocumentArg(call, 0, context, &a) || !DocumentArg(call, 1, context, &b))
    return Value::Null();
  if (a.type != Json::Type::kArray) std::swap(a, b);
  if (a.type == Json::Type::kArray) {
    auto has = [&](const Json& wanted) {
      return std::any_of(a.items.begin(), a.items.end(),
                         [&](const Json& item) { return types::CompareJson(item, wanted) == 0; });
    };
    if (b.type != Json::Type::kArray) return Value::Bool(has(b));
    return Value::Bool(std::any_of(b.items.begin(), b.items.end(), has));
  }
  if (a.type == Json::Type::kObject && b.type == Json::Type::kObject) {
    return Value::Bool(std::any_of(b.members.begin(), b.members.end(), [&](const auto& member) {
      const Json* own = a.Member(member.first);
      return own != nullptr && types::CompareJson(*own, member.second) == 0;
    }));
  }
  return Value::Bool(types::CompareJson(a, b) == 0);
}

// value MEMBER OF (array)
Value EvalMemberOf(const FunctionCall& call, EvalContext& context) {
  if (call.EvalArg(0, context).is_null()) return Value::Null();
  const Json wanted = ValueArg(call, 0, context);
  Json array;
  if (!DocumentArg(call, 1, context, &array)) return Value::Null();
  if (array.type != Json::Type::kArray) return Value::Bool(types::CompareJson(array, wanted) == 0);
  return Value::Bool(std::any_of(array.items.begin(), array.items.end(), [&](const Json& item) {
    return types::CompareJson(item, wanted) == 0;
  }));
}

// JSON_SEARCH: the paths of strings LIKE a pattern.
struct Search {
  std::string_view pattern;
  uint32_t escape;
  bool one;
  std::vector<std::string> paths;

  bool Done() const { return one && !paths.empty(); }
  void Visit(const Json& json, const JsonPath& at) {
    if (Done()) return;
    if (json.type == Json::Type::kString && types::kUtf8mb4Bin.Like(json.text, pattern, escape)) {
      const std::string path = types::PrintJsonPath(at);
      if (std::find(paths.begin(), paths.end(), path) == paths.end()) paths.push_back(path);
    }
    for (size_t i = 0; i < json.items.size(); ++i) {
      JsonPath below = at;
      below.legs.push_back(
          {.type = types::JsonPathLeg::Type::kCell, .from = static_cast<uint32_t>(i)});
      Visit(json.items[i], below);
    }
    for (const auto& [key, member] : json.members) {
      JsonPath below = at;
      below.legs.push_back({.type = types::JsonPathLeg::Type::kMember, .key = key});
      Visit(member, below);
    }
  }
};

Value EvalJsonSearch(const FunctionCall& call, EvalContext& context) {
  Json document;
  Search search{.escape = '\\'};
  if (!DocumentArg(call, 0, context, &document) || !OneOrAll(call, 1, context, &search.one))
    return Value::Null();
  const Value pattern = call.EvalArg(2, context);
  if (pattern.is_null()) return Value::Null();
  search.pattern =
      types::ToTextIn(pattern, call.arg(2).type(), types::kUtf8mb4Charset, ConversionOf(context));
  if (call.args().size() > 3) {
    const Value escape = call.EvalArg(3, context);
    if (!escape.is_null() && !escape.bytes().empty())
      search.escape = static_cast<unsigned char>(escape.bytes()[0]);
  }
  if (call.args().size() <= 4) search.Visit(document, {});
  for (size_t i = 4; i < call.args().size(); ++i) {
    JsonPath path;
    if (!PathArg(call, i, context, &path)) return Value::Null();
    if (Json* part = types::FindOneInJson(document, path, path.legs.size()))
      search.Visit(*part, path);
  }
  if (search.paths.empty()) return Value::Null();
  if (search.one || search.paths.size() == 1)
    return JsonResult(context, Json::String(search.paths[0]));
  Json all = Json::Array();
  for (const std::string& path : search.paths) all.items.push_back(Json::String(path));
  return JsonResult(context, all);
}

Value EvalJsonPretty(const FunctionCall& call, EvalContext& context) {
  Json document;
  return DocumentArg(call, 0, context, &document)
             ? TextResult(context, types::PrintJsonPretty(document))
             : Value::Null();
}

Value EvalJsonStorageSize(const FunctionCall& call, EvalContext& context) {
  Json document;
  return DocumentArg(call, 0, context, &document)
             ? Value::Int(static_cast<int64_t>(types::PrintJson(document).size()))
             : Value::Null();
}

Value EvalZero(const FunctionCall& call, EvalContext& context) {
  return call.EvalArg(0, context).is_null() ? Value::Null() : Value::Int(0);
}

constexpr FunctionDef kJsonTable[] = {
    {"json_array", 0, -1, BindJson, EvalJsonArray},
    {"json_array_append", 3, -1, BindJson, EvalJsonArrayAppend},
    {"json_array_insert", 3, -1, BindJson, EvalJsonArrayInsert},
    {"json_contains", 2, 3, BindJsonBool, EvalJsonContains},
    {"json_contains_path", 3, -1, BindJsonBool, EvalJsonContainsPath},
    {"json_depth", 1, 1, BindJsonNumber, EvalJsonDepth},
    {"json_extract", 2, -1, BindJson, EvalJsonExtract},
    {"json_insert", 3, -1, BindJson, EvalJsonInsert},
    {"json_keys", 1, 2, BindJson, EvalJsonKeys},
    {"json_length", 1, 2, BindJsonNumber, EvalJsonLength},
    {"json_merge", 2, -1, BindJson, EvalJsonMergePreserve},
    {"json_merge_patch", 2, -1, BindJson, EvalJsonMergePatch},
    {"json_merge_preserve", 2, -1, BindJson, EvalJsonMergePreserve},
    {"json_object", 0, -1, BindJsonObject, EvalJsonObject},
    {"json_overlaps", 2, 2, BindJsonBool, EvalJsonOverlaps},
    {"json_pretty", 1, 1, BindJsonText, EvalJsonPretty},
    {"json_quote", 1, 1, BindJsonText, EvalJsonQuote},
    {"json_remove", 2, -1, BindJson, EvalJsonRemove},
    {"json_replace", 3, -1, BindJson, EvalJsonReplace},
    {"json_search", 3, -1, BindJson, EvalJsonSearch},
    {"json_set", 3, -1, BindJson, EvalJsonSet},
    {"json_storage_free", 1, 1, BindJsonNumber, EvalZero},
    {"json_storage_size", 1, 1, BindJsonNumber, EvalJsonStorageSize},
    {"json_type", 1, 1, BindJsonText, EvalJsonType},
    {"json_unquote", 1, 1, BindJsonText, EvalJsonUnquote},
    {"json_valid", 1, 1, BindJsonBool, EvalJsonValid},
    {"json_value", 2, 2, BindJsonValue, EvalJsonValue},
    {"member of", 2, 2, BindJsonBool, EvalMemberOf},
};

}  // namespace

FunctionTable JsonFunctions() { return kJsonTable; }

}  // namespace sixfold::exec
