#pragma once
// Emoji properties (UTS #51) of the fixed Unicode version.

namespace quern {

/// Emoji_Presentation: shown as an emoji unless U+FE0E follows.
bool is_emoji_presentation(char32_t c) noexcept;
/// Extended_Pictographic: an emoji, or shown as one when U+FE0F follows; code points kept for emoji are among them.
bool is_pictographic(char32_t c) noexcept;

}  // namespace quern
