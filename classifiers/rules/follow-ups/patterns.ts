import type { FollowUpKind } from './follow-up.ts';

const HIT =
  '(?:hit|reached|done|achieved|smashed|completed?|touched|filled|tagged|secured|booked|cleared|printed|in the bag|\u2713)';

const GOAL = '(?:tps?|tp ?#?\\d|t\\d|targets?|target ?#?\\d|takeprofits?|takeprofit ?#?\\d|goals?)';

const PRICE = '(?: ?[:@=-]? ?\\$?[\\d.,]+ ?k?)?';

const STOP = '(?:sl|stop|stops|stoploss)';

/** Read over one sentence, lower case, tokens parted by spaces. The first that matches names the kind. */
export const PATTERNS: readonly (readonly [FollowUpKind, RegExp])[] = [
  [
    'instructions',
    /\b(?:ignore|disregard|forget|override)\b.{0,30}\b(?:previous|prior|above|earlier|all|your)\b.{0,20}\b(?:instructions?|rules?|prompts?|guidelines?|limits?)\b/u,
  ],
  [
    'instructions',
    /\b(?:label|classify|mark|treat|tag|score|rate) (?:this|it|the message|the post|me|as)\b.{0,20}\b(?:as|long|short|call|buy|sell|confidence)\b/u,
  ],
  [
    'instructions',
    /\b(?:system|developer) ?(?:prompt|message|override)\b|^\W*(?:system|assistant|developer|admin)\b ?:|\bnew instructions?\b|\byou must\b|< ?\/ ?\w+ ?>|\b(?:output|emit|produce|generate) (?:a|an|the) (?:long|short|buy|sell|call|signal)\b|\byou are (?:now )?(?:a|an|in) .{0,20}(?:bot|assistant|model|ai|mode)\b|\bas an ai\b|\bnote to (?:ai|bots?|llms?|agents?|models?)\b|\bai (?:trading )?(?:agents?|bots?|models?|assistants?)\b|\brole ?"? ?: ?"? ?(?:system|user|assistant)\b|\bset (?:the )?confidence\b|\bconfidence ?[:=]? ?(?:1|1\.0|100 ?%)(?= |$)|\b(?:output|return|respond|reply|answer) (?:only |with )?(?:json|label|long|short)\b|\{ ?" ?(?:label|side|ideas)/u,
  ],
  [
    'conditional',
    /\b(?:break(?:out|down)?|loss|reclaim|retest|rejection) (?:of|above|below|over|under) \$?[\d.,]+k? ?(?:=|\u2192|:) ?(?:\w+ ){0,2}(?:long|short|buy|sell)\b/u,
  ],
  [
    'conditional',
    /\bentry ?[:=-]? ?(?:on |after |upon )?(?:an? |the )?(?:break|breakout|breakdown|reclaim|retest|flip)\b|\b(?:entry )?trigger ?[:=]|\bnot in yet\b|\bconditional (?:order|entry|trade)\b|\bonly (?:if|after|once|when|on a|above|below|under|over)\b|\bwait(?:ing)? for (?:a|the|an|confirmation|price|it|my|our)\b|\bstill waiting\b|\blet (?:it|price|\w+) .{0,30}\bfirst\b/u,
  ],
  ['paper', /[[(] ?(?:test|demo|paper|example|sample|simulat\w+) ?[\])]|^\W*test ?[:-]/u],
  ['paper', /^\W*demo ?:|\bfictional\b|\bexample ?:/u],
  ['paper', /\bfor (?:learning|education|training|illustration|demonstration)\b/u],
  ['paper', /\bsample (?:alert|signal|trade|call|message)\b|\btemplate\b/u],
  ['paper', /\bpracti[sc]\w*\b|\btest ?net\b|\bstrategy tester\b|\bprofit factor\b/u],
  [
    'paper',
    /\b(?:just|only|for) (?:practice|testing|a test|fun only)\b|\bpractice only\b|\btest (?:signal|trade|message|post|only)\b/u,
  ],
  [
    'paper',
    /\bpaper[ -]*(?:trad\w*|account|position|portfolio|money)?\b(?=.*)|\bdemo (?:account|trade|trading)\b|\bsimulat\w+\b|\bhypothetical\w*\b|\bback ?-? ?test\w*\b|\bpractice (?:account|trade)\b|\b(?:just|only) an? example\b|\bfor example\b|\bexample (?:only|trade|signal|of)\b|\bnot a (?:real )?(?:trade|signal|call)\b|\beducational (?:example|purposes? only)\b|\bmock (?:trade|signal)\b/u,
  ],
  [
    'result',
    /\b(?:long|short|trade)s? ?[:,-]? ?(?:ended |closed )?(?:at |is |was )?breakeven\b(?! (?:after|at|once|when|on))/u,
  ],
  [
    'result',
    /(?<!\b(?:trade|signal|call|setup|idea) ?#? ?)\b\d+ (?:out of|of|\/) \d+\b(?= (?:today|this|trades?|signals?|calls?|wins?|targets?))/u,
  ],
  ['result', /\b(?:recommendation|trade|position|idea|call|signal)s? closed\b/u],
  ['result', /\bmissed (?:the|that|this|my|our)\b/u],
  [
    'result',
    /\b(?:bag check|(?:current|open|my|our) positions?|portfolio (?:update|check))\b|\b(?:my|our) (?:current |open |whole |full )?(?:book|exposure|bags|holdings|trades|portfolio) ?:/u,
  ],
  [
    'result',
    /\b(?:hit|reached) (?:the )?(?:first|second|third|1st|2nd|3rd|final|last)(?: \w+)? (?:level|cover|zone|objective)\b/u,
  ],
  [
    'result',
    new RegExp(
      `\\b(?:went|ran|made it|came|got) (?:straight )?(?:in)?to (?:the |our |its )?(?:full |first |final |last )?${GOAL}\\b`,
      'u',
    ),
  ],
  [
    'result',
    /\b(?:long|short|buy|sell) (?:is |was |has been |been )?(?:now )?(?:running|working|printing|paying|paid|flying|going (?:great|well|nicely))\b/u,
  ],
  ['result', /\b(?:long|short|buy|sell|trade)s? ?\u2713/u],
  [
    'result',
    /(?<!(?:tp ?\d?|targets?|takeprofits?|sl|stop|stoploss) ?[:@=-]? ?)(?:^|[ ,:(])\+ ?\d+(?:\.\d+)? ?(?:pips?|points?|pts|r\b)/u,
  ],
  ['result', /\u2192 ?\S+ ?\u2713|= ?\d+(?:\.\d+)? ?% ?(?:roe|roi)\b/u],
  ['result', /\b(?:limit|entry|order)\b.{0,25}\btriggered\b/u],
  [
    'result',
    /\b(?:open|running|active|current) (?:trades|positions)\b|^\W*(?:yesterdays?|last (?:week|month|night))\b|\b(?:last|previous|earlier|prior|yesterdays) (?:signal|trade|call|setup|pick|idea)s? ?[:-]/u,
  ],
  [
    'result',
    /\b(?:members?|subscribers?|vips?|premium) (?:group )?(?:got|took|made|caught|received|went|are)\b/u,
  ],
  ['result', /^\W*(?:loss|win|winner|loser)\b ?[:-]/u],
  ['result', /^\W*(?:still |now )?running(?: (?:well|nicely|great|fine|smoothly))?\W*$/u],
  ['result', /\bfloating\b|\bfrom \$?[\d.,]+k? ?,? ?(?:now|currently)(?: at)? \$?\d/u],
  ['result', /\bprofits? ?:? ?\d+(?:\.\d+)? ?(?:pips?|points?)/u],
  ['result', /\brunning \S+ (?:pips?|points?|pts) ?(?:in )?(?:profit)?/u],
  ['result', /\b(?:nailed|called|crushed|smashed|killed) (?:that|this|it|another|the)\b/u],
  [
    'result',
    new RegExp(`\\b(?:all|every|both|final|last)\\b(?: \\d)?(?: our| the| of)? ${GOAL}\\b.{0,40}${HIT}`, 'u'),
  ],
  [
    'result',
    new RegExp(
      `\\b${GOAL}${PRICE}(?: ?[,&/+] ?(?:${GOAL}|\\d)${PRICE}| and (?:${GOAL}|\\d)${PRICE})*(?: ?[:,-])?(?: (?:is|are|was|were|got|has|have|just|been|now|also|already))* ?${HIT}`,
      'u',
    ),
  ],
  [
    'result',
    new RegExp(
      `\\b(?:hit|hits|hitting|reached|reaches|smashed|nailed|tagged|touched|crushed|achieved)\\b(?: (?:our|the|my|its|all|both|every|first|second|third|1st|2nd|3rd|final|last|full|another|of))* ?${GOAL}`,
      'u',
    ),
  ],
  [
    'result',
    new RegExp(
      `\\b${STOP}(?: loss)?(?: (?:is|was|got|has|been|just))* ?(?:hit|triggered|taken|touched)\\b|\\b(?:hit|hits|took)(?: (?:our|the|my))? ${STOP}\\b|\\bstopped (?:out|at)\\b|\\bgot stopped\\b|\\b(?:got|been|was|were) (?:taken|knocked|wicked|shaken|kicked) out\\b`,
      'u',
    ),
  ],
  ['result', /\b(?:results?|recap|performance|scoreboard|win ?- ?rate|track record|pnl|p&l)\b(?! pending)/u],
  [
    'result',
    /\b(?:closed?|closing|exited|out)\b(?: (?:it|this|the|our|my|trade|position|long|short))* (?:in|at|with|for)(?: a)?(?: small| nice| good| huge)? ?(?:profit|loss|gain|be\b|breakeven|\+|-? ?\d+(?:\.\d+)? ?(?:%|r\b))/u,
  ],
  ['result', /\b(?:profit|gain|gains|roi|return|loss) ?[:=] ?[+-]? ?\d+(?:\.\d+)? ?(?:%|x|r\b)/u],
  [
    'result',
    /\b(?:running|sitting|now|up|down|already|currently)(?: in)?(?: a)?(?: nice| good| huge| great| at| by)?(?: profit\b| ?[+]? ?\d+(?:\.\d+)? ?%| ?[+]? ?\d+(?:\.\d+)? ?r\b)/u,
  ],
  [
    'result',
    /(?<!(?:tp ?\d?|targets?|takeprofits?|sl|stop|stoploss) ?[:@=-]? ?)(?:^|[ ,:(])\+ ?\d+(?:\.\d+)? ?%(?! ?(?:target|tp|roi \)|\)))/u,
  ],
  [
    'result',
    /\b(?:booked|banked|secured|locked(?: in)?|pocketed|made|gained)\b.{0,16}(?:profits?|gains?|%|pips|\d+ ?r\b)/u,
  ],
  [
    'result',
    /\bclosed? (?:at|by|on|with) (?:the |our )?(?:sl|stop|stoploss|tp|target|takeprofit|trailing)\b/u,
  ],
  ['cancel', /\bcancel\b\W*$/u],
  ['cancel', /\b(?:scrap|forget|kill|never ?mind|drop|skip)\b (?:that|this|the|my|our|about)\b/u],
  [
    'cancel',
    /\b(?:signal|trade|order|setup|call|limit|idea|position|entry|long|short|buy|sell|bid)s? (?:is |are |was |has been |have been |now )*(?:removed|deleted|withdrawn|expired|cancell?ed)\b/u,
  ],
  [
    'cancel',
    /\b(?:remove|delete|withdraw|pull)(?:s|ed|d|ing)?\b (?:the |your |all |our |any |my )?(?:pending|limit|orders?|entry|entries|buy|sell|long|short|bids?|offers?)/u,
  ],
  [
    'cancel',
    /^(?:[^a-z]*)(?:cancel\w*|void|ignore|disregard|abort\w*|scratch|delete[d]?|invalid(?:ated)?)\b(?! (?:if|when|once|below|above|under|over|at|on))/u,
  ],
  [
    'cancel',
    /\b(?:cancel(?:l?ed|ling)|voided|scrapped|aborted)\b(?! (?:if|when|once|below|above|under|over))/u,
  ],
  [
    'cancel',
    /\bcancel\b (?:this|that|the|our|my|all|it|your|both|pending|limit|orders?|signals?|trades?|setups?|entr)/u,
  ],
  [
    'cancel',
    /\b(?:signal|trade|order|setup|call|limit|idea|position|long|short|buy|sell)s? ?[:,-]? ?(?:is |are |was |has been |now )*(?:void|invalid(?:ated)?|off the table|no longer (?:valid|active)|off|not (?:valid|active)(?: anymore| any more)?)\b(?! (?:if|when|below|above|under|over|at))/u,
  ],
  ['update', /^[^a-z]*(?:corrections?|edit(?:ed)?|adjust\w*|amend\w*|revis\w+|chang\w+) ?[:-]/u],
  ['update', new RegExp(`\\b(?:${STOP}|${GOAL}) (?:is |are )?now (?:at |: ?)?\\$?\\d`, 'u')],
  [
    'update',
    new RegExp(
      `^\\W*\\w+(?: (?:long|short|buy|sell))? ?[:,-]? ?${STOP} (?:\\u2192|to) \\$?[\\d.,]+k?\\W*$`,
      'u',
    ),
  ],
  ['update', /\brisk ?-? ?free (?:now|here)\b|\b(?:its|is|are|were|now) (?:now )?risk ?-? ?free\b/u],
  [
    'update',
    new RegExp(
      `\\badd(?:ing|ed)? (?:(?:an?|another|one more|new|second|third|2nd|3rd) )+(?:${GOAL}|${STOP})\\b|\\b(?:${STOP}|${GOAL})(?: \\S+)? unchanged\\b`,
      'u',
    ),
  ],
  ['update', /\binstead of \$?\d/u],
  [
    'update',
    new RegExp(`\\b${GOAL}\\b.{0,20}\\b(?:moved|extended|raised|lowered|changed) (?:to|up|down)\\b`, 'u'),
  ],
  ['update', /\bignore (?:the )?(?:entry|entries|tp|sl|target|stop)\b/u],
  [
    'update',
    new RegExp(
      `\\b(?:tighten|widen|lower|lift|raise|move|trail)(?:s|ed|ing)? (?:the |our |your |my )?${STOP}\\b.{0,40} to \\$?\\d`,
      'u',
    ),
  ],
  ['update', /^[^a-z]*corrections?\b/u],
  [
    'update',
    /\b(?:secure|protect) (?:it|this|the trade|them|profits?)? ?(?:at|to) (?:entry|be|breakeven)\b/u,
  ],
  ['update', new RegExp(`\\b${STOP}s?\\b (?:goes|move|moves|now|up|down) (?:to|at|up|down)?`, 'u')],
  [
    'update',
    new RegExp(
      `\\b(?:mov(?:e|ed|ing)|rais(?:e|ed|ing)|br(?:ing|ought))\\b(?: \\S+){0,2} ${STOP}s?\\b(?: \\S+){0,5} (?:to|at) ?\\$?\\d`,
      'u',
    ),
  ],
  [
    'update',
    new RegExp(
      `\\b${STOP}s?\\b.{0,30}\\b(?:moved|raised|changed|lowered|updated|adjusted|shifted|tightened|goes|moves)\\b ?(?:to|at|up|down|from|:)`,
      'u',
    ),
  ],
  ['update', new RegExp(`\\btrail(?:ing|ed)?(?: (?:the|your|my|our))? ${STOP}s?\\b.{0,24} to ?\\$?\\d`, 'u')],
  ['update', new RegExp(`\\bmodif(?:y|ied|ying)\\b.{0,12}\\b(?:${STOP}|${GOAL}|entry|entries|levels?)`, 'u')],
  [
    'update',
    new RegExp(
      `\\b(?:mov(?:e|ed|ing)|rais(?:e|ed|ing)|shift(?:ed|ing)?|br(?:ing|ought)|adjust(?:ed|ing)?|lower(?:ed|ing)?|tighten(?:ed|ing)?|widen(?:ed|ing)?|chang(?:e|ed|ing)|put|set|drag(?:ged)?|pull(?:ed)?|reset)(?: (?:your|the|my|our|all|up|down|new))* ${STOP}s?(?: loss)?(?: (?:up|down))? ?(?:to|at|in|into|:|->|\\d)`,
      'u',
    ),
  ],
  [
    'update',
    new RegExp(
      `\\b(?:mov(?:e|ed|ing)|adjust(?:ed|ing)?|chang(?:e|ed|ing)|updat(?:e|ed|ing)|revis(?:e|ed))(?: (?:your|the|my|our|all))* (?:${GOAL}|entry|entries|levels?)`,
      'u',
    ),
  ],
  ['update', new RegExp(`\\b(?:new|updated|revised|adjusted) (?:${STOP}|${GOAL})`, 'u')],
  [
    'update',
    new RegExp(
      `\\b${STOP}(?: loss)? (?:is |has been |was )?(?:now |moved |raised |updated )+(?:to|at|be|breakeven|entry)`,
      'u',
    ),
  ],
  ['update', new RegExp(`\\b${STOP}(?: loss)?\\b.{0,30} to (?:be|breakeven|entry|cost)\\b`, 'u')],
  ['update', /(?:^|[^a-z])updates?\b(?! (?:soon|later|to follow|coming|will))/u],
  [
    'close',
    /\btakeprofits? on (?:(?:the|our|my|your|this|that) )?(?:\S+ )?(?:longs?|shorts?|positions?|trades?)\b/u,
  ],
  ['close', /^\W*(?:half|third|some|partials?|most) (?:off|out)\b|\bexit at \S+ or (?:at )?market\b/u],
  [
    'close',
    /\b(?:book|bank|trim|sell|close|cash|secure|take|lock(?: in)?) ?\d+ ?% (?:on|of|off|here|now)\b/u,
  ],
  [
    'close',
    /\b(?:take|book|secure)(?: (?:some|partial|full|half|all|your|the|\d+ ?%))* profits? (?:at market|at cmp|at current|here|now|on)\b/u,
  ],
  [
    'close',
    /\b(?:close|exit|flatten)(?: (?:it|them|this|that|these|all|everything|half|full|fully|partial|partially|rest|remaining|your|my|our|the|any|manually|immediately|out|\d+ ?%|of|at market|market))* ?(?:now|here|asap|immediately|all|half|everything|positions?|trades?|longs?|shorts?|buys?|sells?|at market|at cmp|at breakeven|at be|in profits?|in loss|early|manually|before)\b/u,
  ],
  [
    'close',
    /^(?:[^a-z]*)(?:close|closing|exit|exiting|flatten|take ?profits?|takeprofits?|book profits?|secure profits?|get out|cut)\b(?! (?:below|above|under|over|if|when|price|:|at \d|\d|targets?))(?!\d)(?! ?[:=-] ?\$?\d)/u,
  ],
  [
    'close',
    /\b(?:we|i|im|were)(?: (?:will|are|am|now|have|just))* (?:close[ds]?|closing|exit(?:ed|ing)?|takeprofits?|take profits?|taking profits?|took profits?|book(?:ed|ing)? profits?|cut(?:ting)?|reduce[ds]?|reducing|trim(?:med|ming)?|unwind|scal(?:e|ing) out)\b/u,
  ],
  [
    'close',
    /\b(?:long|short|buy|sell|trade|position)s? ?[:,-] ?(?:im |we are |were |now )?(?:closing|exiting|covering|covered|trimming|trimmed|reducing|reduced|booking|booked)\b/u,
  ],
  [
    'close',
    /\b(?:long|short|buy|sell|trade|position|signal)s? ?[:,-]? ?(?:please )?(?:close[d]?|exit(?:ed)?)\b(?! (?:below|above|under|over|if|when|price|at \d))/u,
  ],
  [
    'close',
    /\b(?:take|book|secure|bank|lock in)(?: (?:some|partial|your|the|all|full|half|\d+ ?%))* profits?\b(?! (?:at|:|target|\d))(?! ?[:=-] ?\$?\d)/u,
  ],
  [
    'close',
    /^(?:[^a-z]*)takeprofits? (?:now|here|on (?:your|the|our|my)|manually|some|partial|half|all)\b|\btakeprofits? (?:now|here|manually)\b/u,
  ],
];

/** Marks of the formats in which machines are spoken to, read over the text as it came: nobody writes them to people. */
export const MACHINE_MARKS =
  /<\|\s*\/?\w+\s*\|>|\[\/?INST\]|<<\/?SYS>>|<\/?(?:start_of_turn|end_of_turn|system|assistant|answer|instructions?|tool_call|function_call)>|^#{2,4} ?(?:instructions?|system|response)\b|[{,]\s*['"](?:label|kind|ideas|role|tool|sideQuote)['"]\s*:/imu;

/** In any order of words, as other languages have it. */
export const HIT_GOAL =
  /\b(?:target|tp ?\d?|stop)\b.{0,60}\bhit\b|\bhit\b.{0,40}\b(?:target|tp ?\d?|stop)\b/u;

/** Say that a sentence names what may happen, not what has. */
export const GUARD =
  /\b(?:if|when|once|after|until|till|unless|should|will|would|before|as soon as|in case|upon|plan to|then)\b/u;

/** A move of the stop that waits for a target is part of the plan. */
export const PLANNED =
  /\b(?:after|once|when|if|upon|as soon as|at) (?:the )?(?:first |second |third )?(?:price )?(?:hits? |reach(?:es|ing) )?(?:tps?|tp ?\d|t\d|targets?|takeprofit)\b/u;

/** When a plan is to end: "close before NFP". */
export const CLOSE_LATER =
  /\bclose (?:it |all |half |everything |the rest )?(?:before|by|after|at the end|at (?:the )?(?:tp|target)|on (?:friday|monday))/u;

export const CANDLE =
  /\b(?:candle|daily|weekly|hourly|h\d|\d+ ?(?:h|hr|hour|m|min|d)) close\b|\bcloses? (?:below|above|under|over)\b/u;

export const ADVERT =
  /\b(?:0|zero|no|low|lowest) fees?\b|\bsign ?- ?up\b|\bregister\b|\bregistration\b|\bpromo\w*\b|\bdiscount\w*\b|\bbonus\w*\b|\breferral\b|\bgiveaway\b|\bairdrop\b|\bour (?:exchange|platform|app|channel|vip|group|bot|service|website)\b|\bjoin (?:us|our|the|now|vip|my)\b|\bsubscri\w+\b|\bpremium\b|\bvip\b|\bdm (?:me|us|for)\b|\bdownload\b|\bcoupon\b|\bdeposit\b|\binstantly with\b|\bcredit card\b|\bfree (?:signals?|trial|crypto|bitcoin|btc)\b|\bcopy ?-? ?trad\w+\b|\bmembership\b|\bcourse\b|\bwebinar\b|\bofficial partner\b|\btrusted by\b|\bup to \d+x leverage\b|\btrade with us\b|\bopen an account\b|\bwallet app\b|\bearn \d|\blifetime\b|\baccess\b|\bkyc\b|\bclicks?\b|\bapp\b|\bin bio\b|\bspreads? from\b|\bbest price\b|\bfor cash\b|\btry it\b|\bbrokers?\b|\bcommissions?\b|\bpricing\b|\btiers?\b|\bper month\b|\bplan \d|\btelegram\b|\bdiscord\b|\bour free\b|\bseats? left\b|\bfree for\b/u;

export const NEWS =
  /\b(?:long|short) ?\/ ?(?:short|long)\b|\blong[ -]to[ -]short\b|\b(?:ratio|inflows?|outflows?|open interest|funding rate|funding|liquidations?|liquidated|etfs?|according to|reports?|reported|announce[sd]?|announcement|sec|regulat\w+|lawsuit|approv\w+|filing|files|filed|holdings|treasury|sources? say|breaking|survey|sentiment|index|statistics|data shows?|on-? ?chain|volume|market cap|dominance|transactions?|wallets?|conference|headlines?|quarter|billion|million)\b|\bliq(?:uidation)?(?: price| px)?(?: at)? ?:? ?\$?\d|\$\d+(?:\.\d+)?[mb]n?\b/u;
