#include "quern/filter/token_places.hpp"

#include "place_finder.hpp"

namespace quern {

void find_tokens(std::string_view text, TokenPlaces& to, Kernel kernel) {
  PlaceFinder places(text, to, kernel);
  walk_blocks(text, find_token_masks(kernel), places);
  places.finish();
}

}  // namespace quern
