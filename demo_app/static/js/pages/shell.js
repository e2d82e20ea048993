import { ApiError } from "../api.js";
import { start } from "../page.js";

start(async () => {
  throw new ApiError("There is no such page.", { status: 404 });
});
