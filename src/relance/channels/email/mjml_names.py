"""MJML's elements (mjml.io/documentation, 4), as far as they decide where text may stand."""

from __future__ import annotations

from relance.markup.parts import names

#: All that the compiler knows.
ELEMENTS = names(
    "mjml mj-head mj-body mj-attributes mj-all mj-class mj-breakpoint mj-font mj-preview mj-style mj-title "
    "mj-accordion mj-accordion-element mj-accordion-title mj-accordion-text mj-button mj-carousel mj-carousel-image mj-column "
    "mj-divider mj-group mj-hero mj-image mj-navbar mj-navbar-link mj-raw mj-section mj-social mj-social-element mj-spacer "
    "mj-table mj-text mj-wrapper"
)
#: What holds elements alone: text there would be left out. The empty name is that of the page.
HOLD_ELEMENTS = names(
    "mjml mj-head mj-body mj-attributes mj-accordion mj-accordion-element mj-carousel mj-column mj-group mj-hero mj-navbar "
    "mj-section mj-social mj-wrapper"
) | {""}
#: Of these, what may hold ``mj-raw``.
HOLD_RAW = names("mj-head mj-body mj-column mj-group mj-hero mj-section mj-wrapper")
#: HTML's elements without an end.
VOID = names("area base br col embed hr img input link meta param source track wbr")
