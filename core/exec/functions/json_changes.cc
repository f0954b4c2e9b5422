#include "core/exec/functions/json_changes.h"

#include "core/exec/functions/json_arguments.h"
#include "core/types/error_codes.h"
#include "core/types/sql_error.h"

namespace sixfold::exec {
namespace {

using types::Json;
using types::JsonPath;
using types::JsonPathLeg;
using types::Value;

void WrapAsArray(Json* json) {
  if (json->type == Json::Type::kArray) return;
  Json array = Json::Array();
  array.items.push_back(std::move(*json));
  *json = std::move(array);
}

// Adds what the last leg of the path names to its parent; nothing where there is no such place.
void AddAt(Json* document, const JsonPath& path, Json value) {
  Json* parent = types::FindOneInJson(*document, path, path.legs.size() - 1);
  if (parent == nullptr) return;
  const JsonPathLeg& leg = path.legs.back();
  if (leg.type == JsonPathLeg::Type::kMember) {
    if (parent->type == Json::Type::kObject) parent->SetMember(leg.key, std::move(value));
    return;
  }
  WrapAsArray(parent);
  if (leg.from_end) {
    parent->items.insert(parent->items.begin(), std::move(value));
  } else {
    parent->items.push_back(std::move(value));
  }
}

// (document, path, value, path, value …): replaces what is there, adds what is not.
Value ChangePairs(const FunctionCall& call, EvalContext& context, bool replaces, bool adds) {
  if (call.args().size() % 2 == 0)
    throw MakeError(ErrorCode::kWrongParamcountToNativeFct, call.def().name);
  Json document;
  if (!DocumentArg(call, 0, context, &document)) return Value::Null();
  for (size_t i = 1; i + 1 < call.args().size(); i += 2) {
    JsonPath path;
    if (!PlainPathArg(call, i, context, &path)) return Value::Null();
    Json* there = types::FindOneInJson(document, path, path.legs.size());
    if (there != nullptr && replaces) {
      *there = ValueArg(call, i + 1, context);
    } else if (there == nullptr && adds) {
      AddAt(&document, path, ValueArg(call, i + 1, context));
    }
  }
  return JsonResult(context, document);
}

void RemoveAt(Json* document, const JsonPath& path) {
  Json* parent = types::FindOneInJson(*document, path, path.legs.size() - 1);
  if (parent == nullptr) return;
  const JsonPathLeg& leg = path.legs.back();
  if (leg.type == JsonPathLeg::Type::kMember) {
    parent->RemoveMember(leg.key);
    return;
  }
  size_t index;
  if (parent->type == Json::Type::kArray && types::ResolveCell(leg, parent->items.size(), &index)) {
    parent->items.erase(parent->items.begin() + static_cast<int64_t>(index));
  }
}

Json MergePreserving(Json a, Json b) {
  if (a.type == Json::Type::kObject && b.type == Json::Type::kObject) {
    for (auto& [key, member] : b.members) {
      Json* own = a.Member(key);
      a.SetMember(key, own != nullptr ? MergePreserving(std::move(*own), std::move(member))
                                      : std::move(member));
    }
    return a;
  }
  WrapAsArray(&a);
  WrapAsArray(&b);
  for (Json& item : b.items) a.items.push_back(std::move(item));
  return a;
}

// RFC 7396.
Json MergePatch(Json target, Json patch) {
  if (patch.type != Json::Type::kObject) return patch;
  if (target.type != Json::Type::kObject) target = Json::Object();
  for (auto& [key, member] : patch.members) {
    if (member.type == Json::Type::kNull) {
      target.RemoveMember(key);
      continue;
    }
    Json* own = target.Member(key);
    Json merged = MergePatch(own != nullptr ? std::move(*own) : Json(), std::move(member));
    target.SetMember(key, std::move(merged));
  }
  return target;
}

}  // namespace

Value EvalJsonSet(const FunctionCall& call, EvalContext& context) {
  return ChangePairs(call, context, true, true);
}
Value EvalJsonInsert(const FunctionCall& call, EvalContext& context) {
  return ChangePairs(call, context, false, true);
}
Value EvalJsonReplace(const FunctionCall& call, EvalContext& context) {
  return ChangePairs(call, context, true, false);
}

Value EvalJsonRemove(const FunctionCall& call, EvalContext& context) {
  Json document;
  if (!DocumentArg(call, 0, context, &document)) return Value::Null();
  for (size_t i = 1; i < call.args().size(); ++i) {
    JsonPath path;
    if (!PlainPathArg(call, i, context, &path)) return Value::Null();
    if (path.legs.empty()) throw MakeError(ErrorCode::kJsonVacuousPath);
    RemoveAt(&document, path);
  }
  return JsonResult(context, document);
}

Value EvalJsonArrayAppend(const FunctionCall& call, EvalContext& context) {
  if (call.args().size() % 2 == 0)
    throw MakeError(ErrorCode::kWrongParamcountToNativeFct, call.def().name);
  Json document;
  if (!DocumentArg(call, 0, context, &document)) return Value::Null();
  for (size_t i = 1; i + 1 < call.args().size(); i += 2) {
    JsonPath path;
    if (!PlainPathArg(call, i, context, &path)) return Value::Null();
    Json* there = types::FindOneInJson(document, path, path.legs.size());
    if (there == nullptr) continue;
    WrapAsArray(there);
    there->items.push_back(ValueArg(call, i + 1, context));
  }
  return JsonResult(context, document);
}

Value EvalJsonArrayInsert(const FunctionCall& call, EvalContext& context) {
  if (call.args().size() % 2 == 0)
    throw MakeError(ErrorCode::kWrongParamcountToNativeFct, call.def().name);
  Json document;
  if (!DocumentArg(call, 0, context, &document)) return Value::Null();
  for (size_t i = 1; i + 1 < call.args().size(); i += 2) {
    JsonPath path;
    if (!PlainPathArg(call, i, context, &path)) return Value::Null();
    if (path.legs.empty() || path.legs.back().type != JsonPathLeg::Type::kCell)
      throw MakeError(ErrorCode::kInvalidJsonPathArrayCell);
    Json* parent = types::FindOneInJson(document, path, path.legs.size() - 1);
    if (parent == nullptr || parent->type != Json::Type::kArray) continue;
    const JsonPathLeg& leg = path.legs.back();
    const size_t size = parent->items.size();
    const size_t index = leg.from_end ? size - std::min<size_t>(leg.from + 1, size)
                                      : std::min<size_t>(leg.from, size);
    parent->items.insert(parent->items.begin() + static_cast<int64_t>(index),
                         ValueArg(call, i + 1, context));
  }
  return JsonResult(context, document);
}

Value EvalJsonMergePreserve(const FunctionCall& call, EvalContext& context) {
  Json merged;
  if (!DocumentArg(call, 0, context, &merged)) return Value::Null();
  for (size_t i = 1; i < call.args().size(); ++i) {
    Json next;
    if (!DocumentArg(call, i, context, &next)) return Value::Null();
    merged = MergePreserving(std::move(merged), std::move(next));
  }
  return JsonResult(context, merged);
}

Value EvalJsonMergePatch(const FunctionCall& call, EvalContext& context) {
  Json merged;
  bool known = DocumentArg(call, 0, context, &merged);
  for (size_t i = 1; i < call.args().size(); ++i) {
    Json patch;
    // A NULL makes all unknown, until a patch that is no object replaces all.
    if (!DocumentArg(call, i, context, &patch)) {
      known = false;
    } else if (known || patch.type != Json::Type::kObject) {
      merged = MergePatch(std::move(merged), std::move(patch));
      known = true;
    }
  }
  return known ? JsonResult(context, merged) : Value::Null();
}

}  // namespace sixfold::exec
