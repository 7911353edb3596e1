/** Short codes of the most common emoji. An unknown code stays as it was written. */

import { h } from "./dom.js";

const GROUPS = `
+1 👍 thumbsup 👍 -1 👎 thumbsdown 👎 clap 👏 wave 👋 raised_hands 🙌 pray 🙏 handshake 🤝 muscle 💪 point_right 👉 point_left 👈
point_up ☝️ point_down 👇 ok_hand 👌 v ✌️ crossed_fingers 🤞 eyes 👀 brain 🧠 writing_hand ✍️ raised_hand ✋ hand ✋ heart ❤️
blue_heart 💙 green_heart 💚 yellow_heart 💛 purple_heart 💜 sparkling_heart 💖 smile 😄 smiley 😃 grinning 😀 blush 😊 slightly_smiling_face 🙂
simple_smile 🙂 wink 😉 joy 😂 laughing 😆 heart_eyes 😍 thinking_face 🤔 neutral_face 😐 confused 😕 cry 😢 sob 😭 disappointed 😞
worried 😟 relieved 😌 sweat_smile 😅 sunglasses 😎 hugging_face 🤗 star-struck 🤩 partying_face 🥳 sleeping 😴 zzz 💤 face_with_monocle 🧐
tada 🎉 confetti_ball 🎊 balloon 🎈 gift 🎁 trophy 🏆 medal 🏅 sports_medal 🏅 first_place_medal 🥇 second_place_medal 🥈 third_place_medal 🥉
star ⭐ star2 🌟 sparkles ✨ dizzy 💫 fire 🔥 zap ⚡ rocket 🚀 dart 🎯 bulb 💡 seedling 🌱 herb 🌿 deciduous_tree 🌳 evergreen_tree 🌲
four_leaf_clover 🍀 sunflower 🌻 tulip 🌷 sunny ☀️ sun_with_face 🌞 partly_sunny ⛅ cloud ☁️ umbrella ☔ rainbow 🌈 snowflake ❄️ crescent_moon 🌙
earth_africa 🌍 earth_americas 🌎 earth_asia 🌏 mountain ⛰️ compass 🧭 world_map 🗺️ motorway 🛣️ triangular_flag_on_post 🚩 checkered_flag 🏁
white_check_mark ✅ heavy_check_mark ✔️ ballot_box_with_check ☑️ x ❌ heavy_multiplication_x ✖️ warning ⚠️ no_entry ⛔ no_entry_sign 🚫
question ❓ grey_question ❔ exclamation ❗ bangbang ‼️ information_source ℹ️ heavy_plus_sign ➕ heavy_minus_sign ➖ arrow_right ➡️ arrow_left ⬅️
arrow_up ⬆️ arrow_down ⬇️ arrow_upper_right ↗️ arrows_counterclockwise 🔄 repeat 🔁 leftwards_arrow_with_hook ↩️ fast_forward ⏩ rewind ⏪
large_green_circle 🟢 large_yellow_circle 🟡 large_orange_circle 🟠 red_circle 🔴 large_blue_circle 🔵 white_circle ⚪ black_circle ⚫
large_green_square 🟩 large_yellow_square 🟨 large_red_square 🟥 white_large_square ⬜ black_large_square ⬛ small_blue_diamond 🔹 small_orange_diamond 🔸
one 1️⃣ two 2️⃣ three 3️⃣ four 4️⃣ five 5️⃣ six 6️⃣ seven 7️⃣ eight 8️⃣ nine 9️⃣ zero 0️⃣ keycap_ten 🔟 100 💯
calendar 📆 date 📅 spiral_calendar_pad 🗓️ clock1 🕐 clock9 🕘 clock10 🕙 alarm_clock ⏰ hourglass ⌛ hourglass_flowing_sand ⏳ stopwatch ⏱️ timer_clock ⏲️
bell 🔔 no_bell 🔕 mega 📣 loudspeaker 📢 speech_balloon 💬 left_speech_bubble 🗨️ thought_balloon 💭 email 📧 envelope ✉️ incoming_envelope 📨
inbox_tray 📥 outbox_tray 📤 package 📦 memo 📝 pencil 📝 pencil2 ✏️ clipboard 📋 notebook 📓 books 📚 book 📖 open_book 📖 bookmark 🔖
page_facing_up 📄 page_with_curl 📃 file_folder 📁 card_index_dividers 🗂️ pushpin 📌 round_pushpin 📍 paperclip 📎 link 🔗 lock 🔒 unlock 🔓
closed_lock_with_key 🔐 key 🔑 mag 🔍 mag_right 🔎 bar_chart 📊 chart_with_upwards_trend 📈 chart_with_downwards_trend 📉 gear ⚙️ wrench 🔧
hammer_and_wrench 🛠️ toolbox 🧰 scales ⚖️ briefcase 💼 mortar_board 🎓 school 🏫 office 🏢 house 🏠 computer 💻 iphone 📱 telephone_receiver 📞
movie_camera 🎥 video_camera 📹 walking 🚶 runner 🏃 coffee ☕ tea 🍵 bread 🍞 cake 🍰 birthday 🎂 pizza 🍕 beers 🍻 palm_tree 🌴 beach_with_umbrella 🏖️
airplane ✈️ busts_in_silhouette 👥 bust_in_silhouette 👤 speaking_head_in_silhouette 🗣️ robot_face 🤖 ghost 👻 jigsaw 🧩 art 🎨 musical_note 🎵
ladder 🪜 hatching_chick 🐣 turtle 🐢 rabbit 🐰 dog 🐶 cat 🐱 bee 🐝 owl 🦉 unicorn_face 🦄 dollar 💵 moneybag 💰 gem 💎 crown 👑 shield 🛡️
`;

const words = GROUPS.trim().split(/\s+/);
export const EMOJI = new Map();
for (let at = 0; at < words.length; at += 2) EMOJI.set(words[at], words[at + 1]);

/** One emoji with its name for screen readers, or null when the code is not known. */
export function emojiNode(code) {
  const name = code.split("::")[0];
  const sign = EMOJI.get(name);
  return sign ? h("span", { role: "img", class: "emoji", "aria-label": name.replaceAll("_", " "), title: `:${name}:` }, sign) : null;
}
