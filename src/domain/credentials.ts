/** What logins and passwords may be, wherever they are set. */

export const LOGIN_FORM = 'A login has 1 to 254 characters, without line breaks and the like'
export const PASSWORD_FORM = 'A password has 8 to 1000 characters'

export const isLogin = (text: string): boolean =>
  text.trim() !== '' && text.length <= 254 && !/\p{Cc}/u.test(text.trim())

export const isPassword = (text: string): boolean => text.length >= 8 && text.length <= 1000
