#include "format/template.h"

#include <algorithm>

#include "base/text.h"

namespace socklog {

void TemplateBuilder::Literal(char c) { Literal(std::string_view(&c, 1)); }

void TemplateBuilder::Literal(std::string_view text) {
  if (text.empty()) return;
  if (elements_.empty() || elements_.back().content != Content::kLiteral) elements_.emplace_back();
  elements_.back().text.append(text);
}

void TemplateBuilder::Directive(Element element) { elements_.push_back(std::move(element)); }

Template TemplateBuilder::Finish(Escape escape) {
  while (!elements_.empty() && elements_.back().content == Content::kLiteral) {
    std::string& text = elements_.back().text;
    text.erase(text.find_last_not_of(" \t\r\n") + 1);
    if (!text.empty()) break;
    elements_.pop_back();
  }
  return {std::move(elements_), escape};
}

Element TimeElement(std::string_view spelled, TimeForm form) {
  Element element;
  element.content = Content::kTime;
  element.text = spelled;
  element.time.form = form;
  return element;
}

Element HeaderElement(std::string_view spelled, std::string_view name) {
  Element element;
  element.content = Content::kHeader;
  element.text = spelled;
  element.name = HeaderName(name);
  return element;
}

Element DurationElement(std::string_view spelled, int exponent, int decimals) {
  Element element;
  element.content = Content::kDuration;
  element.text = spelled;
  element.exponent = exponent;
  element.decimals = decimals;
  element.rank = exponent;  // the finer, the better
  return element;
}

std::string HeaderName(std::string_view text) {
  std::string name = LowerCase(text);
  std::replace(name.begin(), name.end(), '_', '-');
  return name;
}

bool HasWord(std::string_view text, std::string_view word) {
  return text.size() > word.size() && LowerCase(text.substr(0, word.size())) == word &&
         (text[word.size()] == ' ' || text[word.size()] == '\t');
}

}  // namespace socklog
