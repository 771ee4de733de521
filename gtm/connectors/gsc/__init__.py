"""Google Search Console: the bulk export."""
