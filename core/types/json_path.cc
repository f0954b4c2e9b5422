#include "core/types/json_path.h"

#include <algorithm>

namespace sixfold::types {
namespace {

using Leg = JsonPathLeg;

class PathReader {
 public:
  explicit PathReader(std::string_view text) : text_(text) {}

  bool Read(JsonPath* out) {
    SkipBlanks();
    if (!Accept('$')) return false;
    for (SkipBlanks(); at_ < text_.size(); SkipBlanks()) {
      if (!ReadLeg(out)) return false;
    }
    // "**" must lead somewhere.
    return out->legs.empty() || out->legs.back().type != Leg::Type::kEllipsis;
  }
  size_t at() const { return at_; }

 private:
  void SkipBlanks() {
    while (at_ < text_.size() && (text_[at_] == ' ' || (text_[at_] >= '\t' && text_[at_] <= '\r')))
      ++at_;
  }
  bool Accept(char c) {
    if (at_ >= text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  bool AcceptWord(std::string_view word) {
    if (text_.substr(at_, word.size()) != word) return false;
    at_ += word.size();
    return true;
  }

  bool ReadLeg(JsonPath* out) {
    if (AcceptWord("**")) {
      if (at_ < text_.size() && text_[at_] == '*') return false;
      out->legs.push_back({.type = Leg::Type::kEllipsis});
      return true;
    }
    if (Accept('.')) return ReadMember(out);
    return Accept('[') && ReadCell(out);
  }

  bool ReadMember(JsonPath* out) {
    SkipBlanks();
    if (Accept('*')) {
      out->legs.push_back({.type = Leg::Type::kAnyMember});
      return true;
    }
    Leg leg{.type = Leg::Type::kMember};
    const size_t start = at_;
    if (at_ < text_.size() && text_[at_] == '"') {
      for (++at_; at_ < text_.size() && text_[at_] != '"'; ++at_) {
        if (text_[at_] == '\\') ++at_;
      }
      if (!Accept('"')) return false;
      Json name;
      std::string error;
      size_t error_at;
      if (!ParseJson(text_.substr(start, at_ - start), &name, &error, &error_at)) return false;
      leg.key = name.text;
    } else {
      auto ends = [](char c) {
        return c == '.' || c == '[' || c == '*' || c == ' ' || (c >= '\t' && c <= '\r');
      };
      while (at_ < text_.size() && !ends(text_[at_])) ++at_;
      leg.key = text_.substr(start, at_ - start);
      if (!IsIdentifier(leg.key)) {
        at_ = start;
        return false;
      }
    }
    out->legs.push_back(std::move(leg));
    return true;
  }

  static bool IsIdentifier(std::string_view name) {
    if (name.empty() || (name[0] >= '0' && name[0] <= '9')) return false;
    return std::all_of(name.begin(), name.end(), [](char c) {
      const bool ascii_letter =
          (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
      return ascii_letter || c == '_' || c == '$' || static_cast<unsigned char>(c) >= 0x80;
    });
  }

  bool ReadIndex(uint32_t* index, bool* from_end) {
    SkipBlanks();
    *index = 0;
    *from_end = AcceptWord("last");
    if (*from_end) {
      SkipBlanks();
      if (!Accept('-')) return true;
      SkipBlanks();
    }
    const size_t start = at_;
    uint64_t value = 0;
    for (; at_ < text_.size() && text_[at_] >= '0' && text_[at_] <= '9'; ++at_) {
      value = value * 10 + (text_[at_] - '0');
      if (value > UINT32_MAX) return false;
    }
    *index = static_cast<uint32_t>(value);
    return at_ > start;
  }

  bool ReadCell(JsonPath* out) {
    SkipBlanks();
    Leg leg{.type = Leg::Type::kAnyCell};
    if (!Accept('*')) {
      leg.type = Leg::Type::kCell;
      if (!ReadIndex(&leg.from, &leg.from_end)) return false;
      SkipBlanks();
      if (AcceptWord("to")) {
        leg.type = Leg::Type::kRange;
        if (!ReadIndex(&leg.to, &leg.to_end)) return false;
      }
    }
    SkipBlanks();
    if (!Accept(']')) return false;
    out->legs.push_back(std::move(leg));
    return true;
  }

  std::string_view text_;
  size_t at_ = 0;
};

class Finder {
 public:
  Finder(const JsonPath& path, std::vector<const Json*>* found) : path_(path), found_(*found) {}

  void Visit(const Json& json, size_t leg_number) {
    if (leg_number == path_.legs.size()) {
      if (std::find(found_.begin(), found_.end(), &json) == found_.end()) found_.push_back(&json);
      return;
    }
    const Leg& leg = path_.legs[leg_number];
    switch (leg.type) {
      case Leg::Type::kMember:
        if (json.type != Json::Type::kObject) return;
        if (const Json* member = json.Member(leg.key)) Visit(*member, leg_number + 1);
        return;
      case Leg::Type::kAnyMember:
        for (const auto& [key, member] : json.members) Visit(member, leg_number + 1);
        return;
      case Leg::Type::kEllipsis:
        Visit(json, leg_number + 1);
        for (const auto& [key, member] : json.members) Visit(member, leg_number);
        for (const Json& item : json.items) Visit(item, leg_number);
        return;
      case Leg::Type::kAnyCell:
        for (const Json& item : json.items) Visit(item, leg_number + 1);
        return;
      case Leg::Type::kCell:
        return VisitCell(json, leg, leg_number);
      case Leg::Type::kRange:
        return VisitRange(json, leg, leg_number);
    }
  }

 private:
  void VisitCell(const Json& json, const Leg& leg, size_t leg_number) {
    size_t index;
    const bool is_array = json.type == Json::Type::kArray;
    if (!ResolveCell(leg, is_array ? json.items.size() : 1, &index)) return;
    Visit(is_array ? json.items[index] : json, leg_number + 1);
  }

  void VisitRange(const Json& json, const Leg& leg, size_t leg_number) {
    const auto size = static_cast<int64_t>(json.type == Json::Type::kArray ? json.items.size() : 1);
    auto position = [&](uint32_t index, bool from_end) {
      return from_end ? size - 1 - index : int64_t{index};
    };
    const int64_t first = std::max<int64_t>(0, position(leg.from, leg.from_end));
    const int64_t last = std::min(size - 1, position(leg.to, leg.to_end));
    for (int64_t i = first; i <= last; ++i)
      Visit(json.type == Json::Type::kArray ? json.items[i] : json, leg_number + 1);
  }

  const JsonPath& path_;
  std::vector<const Json*>& found_;
};

}  // namespace

bool JsonPath::HasWildcard() const {
  return std::any_of(legs.begin(), legs.end(), [](const Leg& leg) {
    return leg.type != Leg::Type::kMember && leg.type != Leg::Type::kCell;
  });
}

bool ParseJsonPath(std::string_view text, JsonPath* out, size_t* error_at) {
  *out = JsonPath();
  PathReader reader(text);
  if (reader.Read(out)) return true;
  *error_at = reader.at();
  return false;
}

std::string PrintJsonPath(const JsonPath& path) {
  std::string text = "$";
  for (const Leg& leg : path.legs) {
    switch (leg.type) {
      case Leg::Type::kMember: {
        const bool plain = !leg.key.empty() && (leg.key[0] < '0' || leg.key[0] > '9') &&
                           std::all_of(leg.key.begin(), leg.key.end(), [](char c) {
                             return c == '_' || c == '$' || (c >= '0' && c <= '9') ||
                                    (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
                           });
        text += '.';
        if (plain) {
          text += leg.key;
        } else {
          AppendJsonString(leg.key, &text);
        }
        break;
      }
      case Leg::Type::kCell:
        text += "[" + std::to_string(leg.from) + "]";
        break;
      case Leg::Type::kRange:
        text += "[" + std::to_string(leg.from) + " to " + std::to_string(leg.to) + "]";
        break;
      case Leg::Type::kAnyMember:
        text += ".*";
        break;
      case Leg::Type::kAnyCell:
        text += "[*]";
        break;
      case Leg::Type::kEllipsis:
        text += "**";
        break;
    }
  }
  return text;
}

bool ResolveCell(const JsonPathLeg& leg, size_t size, size_t* index) {
  if (leg.from >= size) return false;
  *index = leg.from_end ? size - 1 - leg.from : leg.from;
  return true;
}

std::vector<const Json*> FindInJson(const Json& root, const JsonPath& path) {
  std::vector<const Json*> found;
  Finder(path, &found).Visit(root, 0);
  return found;
}

Json* FindOneInJson(Json& root, const JsonPath& path, size_t legs) {
  Json* json = &root;
  for (size_t i = 0; i < legs && json != nullptr; ++i) {
    const Leg& leg = path.legs[i];
    if (leg.type == Leg::Type::kMember) {
      json = json->type == Json::Type::kObject ? json->Member(leg.key) : nullptr;
      continue;
    }
    size_t index;
    const bool is_array = json->type == Json::Type::kArray;
    if (!ResolveCell(leg, is_array ? json->items.size() : 1, &index)) return nullptr;
    if (is_array) json = &json->items[index];
  }
  return json;
}

}  // namespace sixfold::types
