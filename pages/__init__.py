"""The page objects of the embedded shop, one file for each page. They import `stormwalk` and nothing else of ours.

* Locators are properties, by role and label as a user finds them, and scoped to their part of the page.
* What a user does is a verb and mostly a step; `expect_*` methods wait for what a user sees, and say it in words.
* Methods that read (`order_number`, `lines`) are for pages that stand still; whoever waits uses `expect_*`.
"""
