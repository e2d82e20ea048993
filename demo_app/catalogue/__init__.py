"""What can be switched on in the shop, one file for each kind; `demo_app.defects` is the way in."""
