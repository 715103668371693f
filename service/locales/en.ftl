# Every word that the page says of itself, in Fluent (projectfluent.org). A translation is a file
# like this one, named by its language. What therapists wrote and what the directory names is theirs.

title = Find a therapist in your own words
skip = Skip to the therapists

## Asking

ask = What would you like help with?
ask-hint = A sentence or two is enough. Write it as you would tell a friend.
ask-find = Find therapists
privacy = What you write finds therapists and is then forgotten. We don’t store it or share it.
looking = Looking…
looking-failed = We could not reach the site. Your words are still here. Please try again.

## Mistakes

mistake-empty = The box is empty. Write a sentence about what you need help with.
mistake-words = We found no words in your text. Write a sentence about what you need help with.
mistake-long = Your text has { $length } letters. Please shorten it to { $most }.
mistake-unread = We could not read the form. Write at most 4,000 letters and send it again.
mistake-fee = The highest fee must be a number, such as 120.
mistake-fee-range = The highest fee must be 0 or more.
mistake-zip = The ZIP code must have five digits, such as 98101.
mistake-miles = The distance must be a number of miles, such as 25.
mistake-often = { $minutes ->
    [one] We are asked more from your place than we can answer. Your words are still here. Please try again in a minute.
   *[other] We are asked more from your place than we can answer. Your words are still here. Please try again in { $minutes } minutes.
 }
mistake-busy = Many people are asking at this moment. Your words are still here and were not kept. Please try again in a few seconds.
mistake-failed = Something broke on our side. Your words are still here and were not kept. Please try again.

## What was understood

understood = What we understood
understood-hint = Take away what is not right. Tap a wish to narrow the list.
understood-topics = You wrote about
understood-wishes = You wish for
understood-none = We could not tell one topic from your words. The list below goes by all you wrote.
chip-wrong = { $name }: take this away
chip-dismiss = { $name }: forget this wish
chip-removed = Taken away
chip-back = Put { $name } back
chip-left = { $count ->
    [one] { $count } therapist
   *[other] { $count } therapists
 }

# What a wish asks for, as a chip; $exclude is "yes" where the client rules it out.
wish-times = { $exclude ->
    [yes] Not { $value }
   *[no] { $value }
 }
wish-gender = { $exclude ->
    [yes] Not a { $value }
   *[no] A { $value }
 }
wish-languages = { $exclude ->
    [yes] Not in { $value }
   *[no] In { $value }
 }
wish-insurance = { $exclude ->
    [yes] Not { $value }
   *[no] Takes { $value }
 }
wish-ages = { $exclude ->
    [yes] Not for { $value }
   *[no] For { $value }
 }
wish-identities = { $exclude ->
    [yes] Not { $value }
   *[no] { $value }
 }
wish-approaches = { $exclude ->
    [yes] Not { $value }
   *[no] { $value }
 }
wish-state = { $exclude ->
    [yes] Not in { $value }
   *[no] In { $value }
 }
wish-telehealth = { $exclude ->
    [yes] In person
   *[no] Online
 }
wish-accepting = Taking new clients
wish-max_fee = Up to ${ $value }
wish-near = Near { $value }

## Narrowing

narrow = { $chosen ->
    [0] Narrow the list
   *[other] Narrow the list ({ $chosen } chosen)
 }
narrow-hint = The number behind each choice is how many therapists would be left.
narrow-apply = Apply
narrow-clear = Clear all choices
any = Any
choice = { $name } ({ $count })
choice-not = Not { $name }
choice-fee = Up to ${ $value } ({ $count })
choice-fee-own = Up to ${ $value }
choice-miles = { $value } miles ({ $count })
choice-miles-plain = { $value } miles
filter-state = State where you live
filter-zip = Near ZIP code
filter-miles = Within
filter-max_fee = Highest fee for a session
filter-insurance = Insurance
filter-languages = Language
filter-ages = Age group
filter-times = Time of day
filter-gender = Therapist’s gender
filter-identities = Therapist’s identity or focus
filter-approaches = Approach
filter-not_approaches = Leave out an approach
filter-telehealth = Online sessions
filter-in_person = In person
filter-accepting = Taking new clients
filter-near = Near your ZIP code

## Results

results = { $shown } of { $all ->
    [one] { $all } therapist
   *[other] { $all } therapists
 }
results-chosen = { $shown } of { $all ->
    [one] { $all } therapist who meets
   *[other] { $all } therapists who meet
 } your choices
results-far = None of these is a close fit for your words yet. A few more words about what is hard for you may help. You can also ask one of them who they would send a friend to.
results-language = This looks like { $language }. This page reads English best, so the list may fit poorly. You can narrow it by language below your text.
results-language-unknown = This page reads English best, so the list may fit poorly. You can narrow it by language below your text.
results-more = Show more therapists
results-hidden = { $count ->
    [one] You set aside { $count } therapist.
   *[other] You set aside { $count } therapists.
 }
results-hidden-undo = Bring them back
nobody = No one meets all of these choices
nobody-left = You set aside everyone on this list
nobody-hint = None of the { $count } therapists here states all that you chose. Drop one choice and see who is left:
nobody-drop = Drop “{ $name }”: { $count ->
    [0] still no one
    [one] { $count } therapist
   *[other] { $count } therapists
 }
nobody-clear = Drop all choices: { $count ->
    [one] { $count } therapist
   *[other] { $count } therapists
 }

## A therapist

card-online = online
card-person = in person
card-open = Taking new clients
card-full = Not taking new clients now
card-unsaid = Doesn’t say if new clients can come
card-confirmed = confirmed { $date }
card-fee = ${ $fee } a session
card-fees = ${ $low } to ${ $high } a session
card-fee-unsaid = Fee not given
card-sliding = lower fees if you need them
card-insurance = Takes
card-insurance-unsaid = Insurance not given
card-wrote = You wrote
card-writes = { $pronoun ->
    [she] She writes
    [he] He writes
   *[other] { $name } writes
 }
card-statement = { $about ->
    [none] Read the whole statement
   *[other] Read the whole statement on { $about }
 }
card-contact = Get in touch with { $name }
card-no-contact = This directory gives no link for { $name }.
card-keep = Keep
card-like = More like this
card-unlike = Not for me

## The list one keeps

list = Your list ({ $count })
list-hint = It lives on this page only. When you close or leave the page, it is gone.
list-kept-here = This list is saved on this device until you change that.
list-off = Take { $name } off the list
list-print = Print
list-copy = Copy
list-copied = Copied. You can paste it anywhere.
list-not-copied = Copying did not work here. You can select the text and copy it.
list-not-saved = This browser does not let the page save anything.
list-save = Save it on this device
list-forget = Don’t save it on this device

## When someone may be in danger

crisis = If you or someone else may be in danger, please talk to someone now
crisis-hint = You don’t need the right words, and you don’t need to be sure. These people answer day and night:
crisis-call = call { $number }
crisis-text = text { $number }
crisis-text-word = text { $word } to { $number }
crisis-below = The therapists for what you wrote are below.
crisis-checked = Numbers checked on { $date }.
crisis-elsewhere = Numbers in other countries
crisis-leave = Leave this page fast
crisis-leave-hint = It opens the weather instead. If someone may look at your phone, also clear its history.

country-US = United States
country-CA = Canada
country-GB = United Kingdom
country-IE = Ireland
country-AU = Australia
country-NZ = New Zealand

## Below

about = This page finds therapists whose words are close to yours. It does not tell you what you have.
about-count = { $count ->
    [one] { $count } therapist is listed here.
   *[other] { $count } therapists are listed here.
 }
about-emergency = In an emergency:
about-talk = Someone to talk to, day and night:
