#include "extract/marks.hpp"

#include <algorithm>
#include <cstddef>

namespace quern {

namespace {

struct WordRow {
  Marks marks;
  std::string_view words;  // parted by spaces; `|` is the border of a word
};

constexpr WordRow kWords[] = {
    {kBodyMark,
     "|article|body |articlebody |article|text |articletext |article|content| |articlecontent |article|copy |body|copy |bodycopy "
     "|entry|content |entrycontent |post|content |postcontent |post|body| |postbody |post|text |post|entry| |story|body |storybody "
     "|story|content |storycontent |story|text |storytext |body|text| |body|content| |bodycontent |content|body |contentbody |news|body "
     "|newsbody |news|text |newstext |news|content |newscontent |text|body |textbody |blog|content |blogcontent |blog|post|body "
     "|page|content|body |rich|text| |richtext |article|main |articlemain |article|detail |td|post|content| |single|content| "
     "|main|text| |field|name|body |wysiwyg| |artikel|text |artikeltext |artikel|body |artikelinhalt| |cuerpo|noticia |texto|noticia| "
     "|cuerpo| |corps|article |corps| |testo| |tresc|artykulu |article|paragraph |mw|content|text |mw|parser|output"},
    {kContentMark,
     "|article |post| |story |content |entry |main| |text| |body| |blog hentry |news| |artikel |noticia |articulo |artigo |articolo "
     "|inhalt| |contenu |contenido |conteudo |artykul"},
    {kNavMark,
     "|nav| |navi |nav|bar navbar |navigation menu| |menu |submenu breadcrumb |crumb pagination |pager| |paging |toc| |jump |skip| "
     "|skiplink |sitemap |navlist |subnav |toolbar |navegacion |brotkrume |topnav"},
    {kFooterMark,
     "footer |foot| |colophon |copyright |legal| |bottom|bar |rodape |fusszeile |footnav"},
    {kHeaderMark,
     "|masthead |header| |topbar |top|bar |site|header |siteheader |globalheader |page|header |banner"},
    {kSideMark,
     "sidebar |side|bar |aside |right|rail |rightrail |left|rail |rail| |right|col rightcol |right|column rightcolumn |leftcol "
     "|left|col |left|column |widget |sidecol |side|col |secondary| |tertiary| |seitenleiste |barra|lateral"},
    {kCommentMark,
     "|comment| |comments| |commentlist |comment|list |commentform |comment|form |comment|area |commentarea |comments|area "
     "|commentsection disqus |respond| |replies |reply| |livefyre |kommentare |kommentar| |comentario |commentaire |commenti| "
     "|reacties| |komment |yorum |reader|letter |discussion|list |spotim |viafoura |fb|comment |talkback |user|review"},
    {kCookieMark,
     "|cookie |consent |gdpr |ccpa |cmp| |onetrust |privacy|banner |privacy|notice |cookies"},
    {kShareMark,
     "|share| |share |sharing sharedaddy |social |addthis |addtoany |follow| |follow|us |facebook |twitter |whatsapp |sharethis "
     "|teilen| |compartir |compartilhar |partage |condividi |udostepnij |bookmarks |sns|"},
    {kRelatedMark,
     "related relatedposts |recommend |recirc |more|stories |morestories |more|articles |morefrom |more|from |more|on |most|read "
     "|mostread |most|popular |mostpopular |popular| |popular|posts |trending |latest|news |latest |read|more |readmore |read|next "
     "|readnext |up|next |also|read |see|also |seealso |you|may |outbrain |taboola |zergnet |revcontent |teaser |promo |jp|relatedposts "
     "|yarpp |interlinks |inline|link |further|reading |suggested |story|list |article|list |post|list |headlines |next|article "
     "|nextarticle |prev|next |post|nav |nextprev |related|articles |lesen|sie|auch |mehr|zum|thema |verwandt |weiterlesen |relacionad "
     "|correlat |leia| |lire|aussi |a|lire| |similar |featured|posts |top|stories |topstories |don|t|miss |carousel |whats|next "
     "|nachrichten|liste |powiazane |swiper |slick |card|list |listing| |internal|link"},
    {kAdMark,
     "|ad| |ads| |adv| |advert |advertis |advertorial| |adslot |ad|slot |adsense |adunit |adbox |adwrap |adcontainer |admarker |adblock "
     "|dfp| |sponsor |sponsored |google|ads |googlead |doubleclick |gpt|ad |anzeige |werbung |publicidad |publicite |pubblicita "
     "|publicidade |reklam |reklama |annons |annonse |leaderboard| |skyscraper |mpu| |teads |commercial| |affiliate |shopping "
     "|product|box |dianomi"},
    {kLetterMark,
     "newsletter |subscri |signup |sign|up |signin |sign|in |login |log|in| |register| |registration |donat |membership |mailing "
     "|email|form |optin |opt|in| |mc|embed |mailchimp |call|to|action |calltoaction |cta| |support|us |contribut|box |epic| |abo|box "
     "|suscri |inscri |premium|box"},
    {kBylineMark,
     "byline |by|line |author |writtenby |dateline |timestamp |time|stamp |datetime |pubdate |pub|date |publish|date |published |date| "
     "|meta| |metadata |postmeta |post|meta |entry|meta |article|meta |articlemeta |article|info |post|info |tags| |tag|list |taglist "
     "|tagcloud |topics| |topic|list |categories |cat|links |tag|links |keywords| |filed|under |contributor |autor| |auteur| |autore| "
     "|bio| |about|author |disclaimer |editor|note |corrections |correction| |vcard| |article|tags |reading|time |read|time |updated| "
     "|last|updated |credits| |story|tags"},
    {kCaptionMark,
     "caption |credit| |photo|credit |photocredit |image|credit |gallery |slideshow |slide| |lightbox |figure| |photo|info |image|info "
     "|media|meta |bildunterschrift |legende| |didascalia |leyenda |video|player |player| |wp|video |infobox |infographic |pullquote "
     "|pull|quote |pullout |jwplayer |video|js"},
    {kHiddenMark,
     "|hidden| |hide| |sr|only |sronly |visually|hidden |visuallyhidden |screen|reader |screenreader |offscreen |noprint |no|print "
     "|print|only |printonly |noscript |d|none |display|none |assistive |accessib |invisible |hidefromscreen |element|invisible "
     "|js|hidden |u|hidden |is|hidden |mobile|only|notice |uhidden |print|message"},
    {kPopupMark,
     "modal |popup |pop|up| |overlay |dialog| |tooltip |dropdown |drop|down |lightbox |toast |flyout |offcanvas |off|canvas "
     "|interstitial |notification |snackbar |loading| |spinner |search|form |searchform |search|box |searchbox |search| |feedback "
     "|survey| |poll| |quiz| |vote| |rating |ratings |print| |tools| |article|tools |article|actions |actions| |utility| |controls| "
     "|fontsize |language|switch |lang|switch"},
    {kTitleMark,
     "|headline| |title| |post|title |entry|title |article|title |kicker |subtitle |sub|title |deck| |dek| |standfirst |strapline "
     "|eyebrow |overline |dachzeile |untertitel"},
};

constexpr std::size_t symbol_of(char c) {
  return c >= 'a' && c <= 'z' ? static_cast<std::size_t>(c - 'a' + 1) : 0;
}

}  // namespace

MarkFinder::MarkFinder() : next_(1), marks_(1) {
  for (const WordRow& row : kWords) {
    for (std::string_view rest = row.words; !rest.empty();) {
      const std::size_t end = std::min(rest.find(' '), rest.size());
      if (end > 0) add(rest.substr(0, end), row.marks);
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
  }
  link();
}

void MarkFinder::add(std::string_view word, Marks marks) {
  std::uint16_t state = 0;
  for (const char c : word) {
    const std::size_t symbol = symbol_of(c);
    if (!next_[state][symbol]) {
      next_[state][symbol] = static_cast<std::uint16_t>(next_.size());
      next_.emplace_back();
      marks_.push_back(0);
    }
    state = next_[state][symbol];
  }
  marks_[state] |= marks;
}

/// Turns the trie into an automaton: a missing step becomes that of the longest proper suffix.
void MarkFinder::link() {
  std::vector<std::uint16_t> suffix(next_.size()), order;
  for (const std::uint16_t child : next_[0]) {
    if (child) order.push_back(child);
  }
  for (std::size_t i = 0; i < order.size(); ++i) {
    const std::uint16_t state = order[i];
    marks_[state] |= marks_[suffix[state]];
    for (std::size_t symbol = 0; symbol < kSymbols; ++symbol) {
      const std::uint16_t behind = next_[suffix[state]][symbol];
      if (const std::uint16_t child = next_[state][symbol]) {
        suffix[child] = behind;
        order.push_back(child);
      } else {
        next_[state][symbol] = behind;
      }
    }
  }
}

Marks MarkFinder::find(std::string_view name) const noexcept {
  Marks found = 0;
  std::uint16_t state = next_[0][0];
  bool parted = true, small_before = false;
  for (const char c : name) {
    const bool capital = c >= 'A' && c <= 'Z';
    const std::size_t symbol = symbol_of(capital ? static_cast<char>(c | 0x20) : c);
    if (!parted && (symbol == 0 || (capital && small_before))) state = step(state, 0, found);
    if (symbol) state = step(state, symbol, found);
    parted = symbol == 0;
    small_before = symbol && !capital;
  }
  if (!parted) step(state, 0, found);
  return found;
}

}  // namespace quern
